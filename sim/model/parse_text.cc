#include "sim/model/parse_text.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/text_format.h>

#include "sim/model/characters.h"
#include "sim/model/suggest.h"
#include "sim/model/text_walk.h"

namespace locus {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

constexpr int kDeepestText = 32;      // brackets; the schema needs fewer than ten
constexpr int kMostSteppedOver = 50;  // wrong statements; each costs a parse
// bytes; in a larger text the first wrong statement ends the parse
constexpr std::size_t kLargestSteppedIn = 1 << 20;
constexpr int kTabWidth = 8;  // the parser counts a tab as a step to the next multiple

struct Report {
  int line = 0;    // counted from 0
  int column = 0;  // counted from 0, tabs widened
  std::string message;
  bool ends_parse = false;
  bool decimal_comma = false;  // about the digits behind one
};

class Collector : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    reports.push_back({line, column, message, true});
  }
  void AddWarning(int line, int column, const std::string& message) override {
    if (reports.size() < FaultList::kMostFaults) reports.push_back({line, column, message, false});
  }
  std::vector<Report> reports;
};

/// Turns the parser's lines and widened columns into bytes. Of the lines every 1024th is noted, so
/// that a text of nothing but lines takes no more memory than another.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text) : text_(text) {
    begins_.push_back(0);
    std::size_t lines = 0;
    for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
      if (++lines % kNoted == 0) begins_.push_back(at + 1);
    }
  }
  std::size_t offset(int line, int column) const {
    const auto wanted = static_cast<std::size_t>(std::max(line, 0));
    const std::size_t noted = std::min(wanted / kNoted, begins_.size() - 1);
    std::size_t at = begins_[noted];
    for (std::size_t below = wanted - noted * kNoted; below > 0; --below) {
      const std::size_t end = text_.find('\n', at);
      if (end == std::string_view::npos) break;  // behind the last line
      at = end + 1;
    }
    for (int wide = 0; wide < column && at < text_.size() && text_[at] != '\n'; ++at) {
      wide += text_[at] == '\t' ? kTabWidth - wide % kTabWidth : 1;
    }
    return at;
  }

 private:
  static constexpr std::size_t kNoted = 1024;
  std::string_view text_;
  std::vector<std::size_t> begins_;  // of every 1024th line (bytes)
};

/// What stands between the quotes after `before` in a report; empty if there is none.
std::string quoted_after(const std::string& message, const std::string& before) {
  const std::size_t at = message.find(before);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + before.size();
  const std::size_t end = message.find('"', begin);
  return end == std::string::npos ? std::string() : message.substr(begin, end - begin);
}

bool is_name_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// The parser tells of a word when it stands behind it: the word's own place, looked for backwards.
std::size_t back_to(std::string_view text, std::size_t from, std::string_view word) {
  for (std::size_t at = text.rfind(word, from); at != std::string_view::npos && !word.empty();
       at = at == 0 ? std::string_view::npos : text.rfind(word, at - 1)) {
    const bool begins = at == 0 || !is_name_letter(text[at - 1]);
    const bool ends = at + word.size() >= text.size() || !is_name_letter(text[at + word.size()]);
    if (begins && ends) return at;
  }
  return from;
}

struct Field {
  // with the descriptors' own names, down to the last that is known
  FieldPath path;
  FieldPath around;                        // the same without the last step
  const Descriptor* message = nullptr;     // around the last step
  const FieldDescriptor* field = nullptr;  // of the last step; null where it is unknown
};

/// The path of a statement as the schema sees it: indices only where a field is repeated.
Field resolve(const Descriptor* message, const FieldPath& path) {
  Field found = {{}, {}, message, nullptr};
  for (const FieldStep& step : path.steps()) {
    if (found.field != nullptr) found.message = found.field->message_type();
    if (found.message == nullptr) return found;
    found.field = found.message->FindFieldByName(std::string(step.name));
    if (found.field == nullptr) return found;
    found.around = found.path;
    found.path = found.path.at(found.field->name(), found.field->is_repeated() ? step.index : -1);
  }
  return found;
}

std::vector<std::string> field_names(const Descriptor& message) {
  std::vector<std::string> names;
  for (int i = 0; i < message.field_count(); ++i) names.push_back(message.field(i)->name());
  return names;
}

std::vector<std::string> value_names(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    // stands for a field that is not given
    if (!type.value(i)->name().ends_with("UNSPECIFIED")) names.push_back(type.value(i)->name());
  }
  return names;
}

/// The word that a report names as unknown, a field's or an enum value's; empty where it is about
/// something else.
std::string unknown_field(const Report& report) { return quoted_after(report.message, "has no field named \""); }
std::string unknown_value(const Report& report) { return quoted_after(report.message, "enumeration value of \""); }
/// The field that must not stand here once more, nor beside another.
std::string repeated_field(const Report& report) {
  return report.message.find("is specified ") == std::string::npos ? "" : quoted_after(report.message, "ield \"");
}

/// The place of a number with a decimal comma, such as 0,5, whose digits behind the comma begin at
/// `at`: the parser takes the comma for the end of a statement. Empty if there is none.
std::optional<std::size_t> decimal_comma(std::string_view text, std::size_t at) {
  const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
  if (at < 2 || !is_digit(at) || text[at - 1] != ',' || !is_digit(at - 2)) return std::nullopt;
  std::size_t begin = at - 2;
  while (begin > 0 && is_digit(begin - 1)) --begin;
  if (begin > 0 && text[begin - 1] == '-') --begin;
  return begin;
}

/// Where the word stands that a report is about.
std::size_t word_place(std::string_view text, const Report& report, const LineIndex& lines) {
  const std::size_t at = lines.offset(report.line, report.column);
  for (const auto& named : {unknown_field, unknown_value, repeated_field}) {
    const std::string word = named(report);
    if (!word.empty()) return back_to(text, at, word);
  }
  for (const char* before : {"got: \"", "Value: \"", "value: "}) {
    const std::string word = quoted_after(report.message + "\"", before);
    if (!word.empty() && text.substr(at, word.size()) != word) return back_to(text, at, word);
  }
  return at;
}

void tell_unknown_field(const std::string& name, const Report& report, const Descriptor& root, std::size_t at,
                        const FieldPath& around, FaultList& faults) {
  const Descriptor* message = root.file()->pool()->FindMessageTypeByName(quoted_after(report.message, "Message type \""));
  const std::vector<std::string> names = message == nullptr ? std::vector<std::string>() : field_names(*message);
  const std::string meant = nearest(name, names);
  faults.error_at(at, around, "has no field " + shown(std::string_view(name)), suggestion(name, names));
  // The field that was meant is missing only because it is misspelt.
  if (meant.empty()) return;
  const FieldDescriptor* field = message->FindFieldByName(meant);
  faults.silence(around.at(field->name()));
  if (field->real_containing_oneof() != nullptr) faults.silence(around.at(field->real_containing_oneof()->name()));
}

/// The parser's words as the rest of a sentence.
std::string reworded(std::string text) {
  if (text.ends_with("got: ")) text += "the end of the file";
  if (text.ends_with('.')) text.pop_back();
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

/// What stands in the text more than once: a field that takes one value, or a second member of a
/// choice. Told as such; false for other reports.
bool tell_repetition(const Report& report, std::size_t at, const FieldPath& field, FaultList& faults) {
  const std::string other = quoted_after(report.message, "is specified along with field \"");
  if (!other.empty()) {
    faults.error_at(at, field, fmt::format("is given beside {}", other), "only one of the two can be");
    return true;
  }
  if (report.message.find("specified multiple times") == std::string::npos) return false;
  faults.error_at(at, field, "is given a second time", "must be given once");
  return true;
}

/// Drops later faults of a field whose statement is stepped over, and of the choice that it makes.
void silence(const Field& field, FaultList& faults) {
  faults.silence(field.path.whole());
  const auto* choice = field.field == nullptr ? nullptr : field.field->real_containing_oneof();
  if (choice != nullptr) faults.silence(field.around.at(choice->name()));
}

/// One parse of one text. What the parser steps over by itself (unknown fields) is told unless it
/// is in `told`; returned is what ended the parse, if anything.
class Round {
 public:
  Round(std::string_view text, const LineIndex& lines, Message& message, FaultList& faults)
      : text_(text), lines_(lines), message_(message), faults_(faults) {}

  /// True if the text was parsed to its end, and means what it says.
  bool parse(std::set<std::size_t>& told) {
    TextFormat::Parser parser;
    Collector collector;
    parser.RecordErrorsTo(&collector);
    parser.AllowUnknownField(true);  // reported all the same, and faults here
    parser.SetRecursionLimit(kDeepestText);
    google::protobuf::io::ArrayInputStream input(text_.data(), static_cast<int>(text_.size()));
    bool whole = parser.Parse(&input, &message_);
    std::vector<Report> fresh;
    std::vector<std::size_t> places;
    for (const Report& report : collector.reports) {
      const std::size_t at = word_place(text_, report, lines_);
      // the parser expects a field there, and may take the digits for the number of one
      const bool expects_field =
          report.message.find("Expected identifier") != std::string::npos || !unknown_field(report).empty();
      const std::optional<std::size_t> number = expects_field ? decimal_comma(text_, at) : std::nullopt;
      if (!number && !report.ends_parse && !told.insert(at).second) continue;
      fresh.push_back(report);
      fresh.back().decimal_comma = number.has_value();
      places.push_back(number.value_or(at));
      if (number) whole = false;
      if (number || report.ends_parse) break;
    }
    const std::vector<Statement> around = statements_at(text_, places);
    for (std::size_t i = 0; i < fresh.size(); ++i) tell(fresh[i], places[i], around[i]);
    return whole;
  }

  /// The statement that ended the parse, if the rest can be parsed without it: it holds one scalar
  /// field's values.
  const std::optional<Statement>& culprit() const { return culprit_; }

 private:
  void tell(const Report& report, std::size_t at, const Statement& around) {
    const Field field = resolve(message_.GetDescriptor(), around.path);
    if (report.decimal_comma) return tell_decimal_comma(at, around, field);
    const std::string unknown = unknown_field(report);
    if (!unknown.empty()) {
      tell_unknown_field(unknown, report, *message_.GetDescriptor(), at, field.path, faults_);
      return;
    }
    const std::optional<std::size_t> open = report.message.ends_with("got: ") ? unclosed(text_) : std::nullopt;
    if (open) {
      faults_.error_at(*open, {}, fmt::format("\"{}\" is not closed before the end of the file", text_[*open]));
      return;
    }
    const bool scalar = around.found && !around.has_message && field.field != nullptr &&
                        field.field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE;
    const std::string value = unknown_value(report);
    if (!value.empty() && scalar && field.field->enum_type() != nullptr) {
      faults_.error_at(at, field.path, "is " + value, suggestion(value, value_names(*field.field->enum_type())));
    } else if (!tell_repetition(report, at, field.path, faults_)) {
      faults_.error_at(at, field.path, "cannot be parsed: " + reworded(report.message), scalar ? takes(*field.field) : "");
    }
    if (!scalar || !report.ends_parse) return;
    silence(field, faults_);
    culprit_ = around;
  }

  /// Tells of a number with a decimal comma, and steps over it.
  void tell_decimal_comma(std::size_t at, const Statement& around, const Field& field) {
    const std::size_t comma = text_.find(',', at);
    const std::size_t end = std::min(text_.find_first_not_of("0123456789", comma + 1), text_.size());
    const std::string whole(text_.substr(at, comma - at));
    const std::string fraction(text_.substr(comma + 1, end - comma - 1));
    faults_.error_at(at, field.path, fmt::format("is {},{}", whole, fraction),
                     fmt::format("must have a decimal point, not a comma: {}.{}", whole, fraction));
    if (!around.found || around.has_message) return;
    silence(field, faults_);
    culprit_ = around;
    culprit_->end = std::max(culprit_->end, std::min(text_.find_first_of(" \t\r\n,;}>]#", end), text_.size()));
  }

  std::string_view text_;
  const LineIndex& lines_;
  Message& message_;
  FaultList& faults_;
  std::optional<Statement> culprit_;
};

}  // namespace

std::string takes(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: return "must be a whole number; the largest that fits here is 2147483647";
    case FieldDescriptor::CPPTYPE_INT64:
      return "must be a whole number; the largest that fits here is 9223372036854775807";
    case FieldDescriptor::CPPTYPE_UINT64: return "must be a whole number from 0 to 18446744073709551615";
    case FieldDescriptor::CPPTYPE_DOUBLE: return "must be a number";
    case FieldDescriptor::CPPTYPE_BOOL: return "must be true or false";
    case FieldDescriptor::CPPTYPE_STRING: return "must be a text in quotes";
    case FieldDescriptor::CPPTYPE_ENUM: return "must be one of " + names_of(*field.enum_type());
    case FieldDescriptor::CPPTYPE_MESSAGE: return "must be { ... }";
    default: return "must be a number";
  }
}

std::string names_of(const EnumDescriptor& type) {
  std::string text;
  for (const std::string& name : value_names(type)) text += (text.empty() ? "" : ", ") + name;
  return text;
}

bool parse_text_message(std::string_view text, Message& message, FaultList& faults) {
  if (nesting(text, kDeepestText + 1) > kDeepestText) {
    faults.error({}, "nests brackets deeper than any model does", "at most " + std::to_string(kDeepestText) + " levels");
    return false;
  }
  const LineIndex lines(text);
  std::string copy;  // with the wrong statements blanked out; empty as long as there is none
  if (text.starts_with(kByteOrderMark)) copy = "   " + std::string(text.substr(kByteOrderMark.size()));
  std::set<std::size_t> told;
  for (int stepped = 0;; ++stepped) {
    Round round(copy.empty() ? text : std::string_view(copy), lines, message, faults);
    if (round.parse(told)) return true;
    if (!faults.has_errors()) faults.error({}, "cannot be parsed");
    const std::optional<Statement>& wrong = round.culprit();
    if (!wrong || stepped == kMostSteppedOver || text.size() > kLargestSteppedIn) return false;
    if (copy.empty()) copy = std::string(text);
    std::size_t end = copy.find_first_not_of(" \t\r\n", wrong->end);
    end = end != std::string::npos && (copy[end] == ',' || copy[end] == ';') ? end + 1 : wrong->end;
    for (std::size_t i = wrong->begin; i < end; ++i) copy[i] = copy[i] == '\n' ? '\n' : ' ';
  }
}

}  // namespace locus
