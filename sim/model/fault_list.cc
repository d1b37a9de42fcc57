#include "sim/model/fault_list.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/text_walk.h"

namespace locus {
namespace {

constexpr std::size_t kLongestLine = 120;  // bytes of a source line that are shown
constexpr std::size_t kLongestText = 60;   // bytes of a quoted text

constexpr std::string_view kEllipsis = "…";

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; }

/// A part of a source line; a "?" stands for each character that a terminal does not show.
std::string visible_line(std::string_view text) {
  std::string line;
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    line += character.is_visible || character.code == '\t' ? text.substr(at, character.bytes) : "?";
    at += character.bytes;
  }
  return line;
}

/// The line around a place, cut to a readable length, and where the place stands in it.
void show_line(std::string_view text, const TextPlace& place, Fault& fault) {
  const std::size_t begin = place.begin == 0 && text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : place.begin;
  const std::size_t in_line = std::max(place.offset, begin) - begin;
  // Only as far as it may be shown: a line may be as long as the file, and many faults stand in it.
  const std::size_t limit = std::min(text.size(), begin + in_line + kLongestLine + 4);
  const std::size_t end = std::min(text.find('\n', begin + in_line), limit);
  std::string_view line = text.substr(std::min(begin, end), end - std::min(begin, end));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  std::size_t first = in_line > kLongestLine / 2 && line.size() > kLongestLine ? in_line - kLongestLine / 2 : 0;
  while (first > 0 && first < line.size() && continues_character(line[first])) --first;
  std::size_t last = std::min(line.size(), first + kLongestLine);
  while (last < line.size() && continues_character(line[last])) ++last;
  first = std::min(first, last);
  const std::size_t at = std::clamp(in_line, first, last);
  fault.source_line = (first > 0 ? std::string(kEllipsis) : "") + visible_line(line.substr(first, at - first));
  fault.caret = static_cast<int>(fault.source_line.size());
  fault.source_line += visible_line(line.substr(at, last - at));
  if (last < line.size()) fault.source_line += kEllipsis;
}

}  // namespace

std::string shown(double value) { return fmt::format("{}", value); }

std::string shown(std::string_view text) {
  std::size_t size = std::min(text.size(), kLongestText);
  while (size < text.size() && size > 0 && continues_character(text[size])) --size;
  return "\"" + printable(text.substr(0, size)) + (size < text.size() ? "…\"" : "\"");
}

bool FaultList::is_silenced(const FieldPath& field) const {
  if (silenced_.empty()) return false;
  FieldPath above;
  for (const FieldStep& step : field.steps()) {
    const FieldPath whole = above.at(step.name);
    above = above.at(step.name, step.index);
    if (silenced_.contains(above.text()) || silenced_.contains(whole.text())) return true;
  }
  return false;
}

FieldPath FaultList::spelt(const FieldPath& field) const {
  if (spellings_.empty()) return field;
  FieldPath above;
  FieldPath as;
  for (const FieldStep& step : field.steps()) {
    const auto whole = spellings_.find(above.at(step.name).text());
    above = above.at(step.name, step.index);
    const auto exact = spellings_.find(above.text());
    if (exact != spellings_.end()) {
      as = exact->second;
    } else if (whole != spellings_.end()) {
      as = step.index < 0 ? whole->second : whole->second.element(static_cast<std::size_t>(step.index));
    } else {
      as = as.at(step.name, step.index);
    }
  }
  return as;
}

void FaultList::add(Pending pending) {
  if (is_silenced(pending.field)) return;
  pending.field = spelt(pending.field);
  if (is_silenced(pending.field)) return;
  if (pending.severity == Severity::kError) ++errors_;
  if (pending_.size() >= kMostFaults) {
    ++left_out_;
  } else {
    pending_.push_back(std::move(pending));
  }
}

void FaultList::error(const FieldPath& field, std::string what, std::string allowed) {
  add({Severity::kError, field, std::move(what), std::move(allowed), std::nullopt});
}

void FaultList::warning(const FieldPath& field, std::string what, std::string allowed) {
  add({Severity::kWarning, field, std::move(what), std::move(allowed), std::nullopt});
}

void FaultList::refuse(const FieldPath& field, std::string what, std::string allowed) {
  error(field, std::move(what), std::move(allowed));
  silence(field);
}

void FaultList::missing_choice(const FieldPath& field, std::string_view choice, std::string what, std::string allowed) {
  if (!is_silenced(field.at(choice))) error(field, std::move(what), std::move(allowed));
  silence(field.at(choice));
}

void FaultList::error_at(std::size_t offset, const FieldPath& field, std::string what, std::string allowed) {
  add({Severity::kError, field, std::move(what), std::move(allowed), offset});
}

std::vector<Fault> FaultList::placed(const std::string& file, std::optional<std::string_view> text) const {
  std::vector<TextPlace> places(pending_.size());
  if (text && !pending_.empty()) {
    std::vector<FieldPath> paths;
    for (const Pending& pending : pending_) paths.push_back(pending.offset ? FieldPath() : pending.field);
    std::vector<std::size_t> offsets = locate(*text, paths);
    for (std::size_t i = 0; i < offsets.size(); ++i) offsets[i] = pending_[i].offset.value_or(offsets[i]);
    places = places_of(*text, offsets);
  }
  std::vector<std::size_t> order(pending_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return places[a].offset < places[b].offset; });
  std::vector<Fault> faults;
  for (const std::size_t i : order) {
    const Pending& pending = pending_[i];
    Fault fault = {pending.severity, file, 0, 0, pending.field.text(), pending.what, pending.allowed, {}, 0};
    if (text) {
      fault.line = places[i].line;
      fault.column = places[i].column;
      show_line(*text, places[i], fault);
    }
    faults.push_back(std::move(fault));
  }
  if (left_out_ > 0)
    faults.push_back(
        {Severity::kError, file, 0, 0, "", fmt::format("has {} more faults", left_out_), "mend these first", {}, 0});
  return faults;
}

}  // namespace locus
