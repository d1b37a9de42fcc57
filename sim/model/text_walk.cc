#include "sim/model/text_walk.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <utility>

#include "sim/model/characters.h"

namespace locus {
namespace {

enum class Kind { kEnd, kWord, kString, kSymbol };

struct Token {
  Kind kind = Kind::kEnd;
  std::size_t begin = 0;
  std::size_t end = 0;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Tokens of protobuf's text format, comments and white space left out.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { next(); }

  const Token& now() const { return now_; }
  std::size_t last_end() const { return last_end_; }
  std::string_view spelled() const { return text_.substr(now_.begin, now_.end - now_.begin); }
  bool at(char symbol) const { return now_.kind == Kind::kSymbol && text_[now_.begin] == symbol; }
  bool take(char symbol) {
    if (!at(symbol)) return false;
    next();
    return true;
  }

  void next() {
    last_end_ = now_.end;
    skip_blank();
    now_ = {Kind::kEnd, position_, position_};
    if (position_ >= text_.size()) return;
    const char first = text_[position_];
    if (first == '"' || first == '\'') {
      now_.kind = Kind::kString;
      skip_string(first);
    } else if (is_word(first)) {
      now_.kind = Kind::kWord;
      const bool number = is_digit(first) || first == '.';
      while (position_ < text_.size() && (is_word(text_[position_]) || (number && is_exponent_sign()))) ++position_;
    } else {
      now_.kind = Kind::kSymbol;
      ++position_;
    }
    now_.end = position_;
  }

 private:
  void skip_blank() {
    while (position_ < text_.size()) {
      const char c = text_[position_];
      if (c == '#') {
        position_ = std::min(text_.find('\n', position_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(c)) != 0) {
        ++position_;
      } else {
        return;
      }
    }
  }
  void skip_string(char quote) {
    for (++position_; position_ < text_.size() && text_[position_] != quote && text_[position_] != '\n'; ++position_) {
      if (text_[position_] == '\\') ++position_;
    }
    position_ = std::min(position_ + 1, text_.size());
  }
  bool is_exponent_sign() const {
    const char c = text_[position_];
    const char before = text_[position_ - 1];
    return (c == '+' || c == '-') && (before == 'e' || before == 'E');
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::size_t last_end_ = 0;
  Token now_;
};

constexpr int kDeepest = 64;  // messages; what is deeper is walked as if it were on one level

/// Calls visitor.enter(step, statement's place, element's place) and, after what is inside,
/// visitor.leave(begin, end) for each value: once a statement, once an element of a list.
/// visitor.statement(begin, end, has_message) ends a whole statement.
template <class Visitor>
class Walk {
 public:
  Walk(std::string_view text, Visitor& visitor) : lexer_(text), visitor_(visitor) {}

  void run() {
    while (lexer_.now().kind != Kind::kEnd) message('\0');
  }

 private:
  void message(char close) {
    std::map<std::string_view, int> seen;  // how often each name has come in this message
    while (lexer_.now().kind != Kind::kEnd) {
      if (close != '\0' && lexer_.at(close)) return;
      if (lexer_.now().kind == Kind::kWord) {
        statement(seen[lexer_.spelled()]);
      } else {
        lexer_.next();
      }
    }
  }

  void statement(int& count) {
    const std::string_view name = lexer_.spelled();
    const std::size_t begin = lexer_.now().begin;
    has_message_ = false;
    lexer_.next();
    lexer_.take(':');
    if (lexer_.at('[')) {
      list(name, count, begin);
    } else {
      visitor_.enter({name, count++}, begin, begin);
      value();
      visitor_.leave(begin, lexer_.last_end());
    }
    visitor_.statement(begin, lexer_.last_end(), has_message_);
  }

  void list(std::string_view name, int& count, std::size_t begin) {
    lexer_.next();
    if (lexer_.at(']')) {
      visitor_.enter({name, count}, begin, begin);
      visitor_.leave(begin, begin);
    }
    while (lexer_.now().kind != Kind::kEnd && !lexer_.at(']')) {
      const std::size_t before = lexer_.now().begin;
      visitor_.enter({name, count++}, begin, before);
      value();
      visitor_.leave(before, lexer_.last_end());
      if (!lexer_.take(',') && !lexer_.at(']') && lexer_.now().begin == before) lexer_.next();
    }
    lexer_.take(']');
  }

  void value() {
    if ((lexer_.at('{') || lexer_.at('<')) && depth_ < kDeepest) {
      const char close = lexer_.at('{') ? '}' : '>';
      lexer_.next();
      ++depth_;
      message(close);
      --depth_;
      lexer_.take(close);
      has_message_ = true;
      return;
    }
    lexer_.take('-');
    if (lexer_.now().kind == Kind::kString) {
      while (lexer_.now().kind == Kind::kString) lexer_.next();
    } else if (lexer_.now().kind == Kind::kWord) {
      lexer_.next();
    }
  }

  Lexer lexer_;
  Visitor& visitor_;
  bool has_message_ = false;
  int depth_ = 0;
};

/// Order of steps at one depth; a single field is the 0th of its name.
struct StepOrder {
  std::size_t depth;
  const std::vector<FieldPath>& paths;

  const FieldStep* step(std::size_t path) const {
    const auto& steps = paths[path].steps();
    return depth < steps.size() ? &steps[depth] : nullptr;
  }
  bool operator()(std::size_t path, const FieldStep& wanted) const {
    const FieldStep* own = step(path);
    return own == nullptr || less(*own, wanted);
  }
  bool operator()(const FieldStep& wanted, std::size_t path) const {
    const FieldStep* own = step(path);
    return own != nullptr && less(wanted, *own);
  }
  static bool less(const FieldStep& a, const FieldStep& b) {
    return a.name != b.name ? a.name < b.name : std::max(a.index, 0) < std::max(b.index, 0);
  }
};

/// Finds many paths in one walk: those still possible are a range of the sorted paths, halved at
/// every step down.
class Finder {
 public:
  explicit Finder(const std::vector<FieldPath>& paths) : paths_(paths), order_(paths.size()), best_(paths.size(), 0) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
      const auto& left = paths[a].steps();
      const auto& right = paths[b].steps();
      return std::lexicographical_compare(left.begin(), left.end(), right.begin(), right.end(), StepOrder::less);
    });
    ranges_.push_back({0, order_.size()});
  }

  void enter(FieldStep step, std::size_t statement, std::size_t element) {
    const Range around = ranges_.back();
    const auto first = order_.begin() + static_cast<std::ptrdiff_t>(around.first);
    const auto last = order_.begin() + static_cast<std::ptrdiff_t>(around.last);
    if (first == last) {
      ranges_.push_back(around);
      return;
    }
    const auto [low, high] = std::equal_range(first, last, step, StepOrder{ranges_.size() - 1, paths_});
    for (auto path = low; path != high; ++path) {
      const bool whole = paths_[*path].steps()[ranges_.size() - 1].index < 0;
      best_[*path] = whole ? statement : element;
    }
    ranges_.push_back({static_cast<std::size_t>(low - order_.begin()), static_cast<std::size_t>(high - order_.begin())});
  }
  void leave(std::size_t, std::size_t) { ranges_.pop_back(); }
  void statement(std::size_t, std::size_t, bool) {}

  const std::vector<std::size_t>& offsets() const { return best_; }

 private:
  struct Range {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  const std::vector<FieldPath>& paths_;
  std::vector<std::size_t> order_;  // the paths, sorted
  std::vector<std::size_t> best_;   // (paths) offset of the deepest step found
  std::vector<Range> ranges_;       // of order_: what may be below the statements entered
};

/// For each byte the first statement to end after it that began before it: the innermost one.
class Around {
 public:
  explicit Around(const std::vector<std::size_t>& offsets)
      : offsets_(offsets), order_(offsets.size()), found_(offsets.size()) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return offsets_[a] < offsets_[b]; });
  }
  void enter(FieldStep step, std::size_t, std::size_t) { stack_.push_back(step); }
  void leave(std::size_t begin, std::size_t end) {
    each_within(begin, end, [&](Statement& found) {
      if (found.path.steps().empty()) found.path = here();
    });
    last_ = stack_.back();
    stack_.pop_back();
  }
  void statement(std::size_t begin, std::size_t end, bool has_message) {
    each_within(begin, end, [&](Statement& found) {
      if (found.found) return;
      // Between the elements of a list, or at its name: the list as a whole.
      if (found.path.steps().empty()) found.path = here().at(last_.name);
      found = {found.path, begin, end, has_message, true};
    });
  }
  std::vector<Statement> take() { return std::move(found_); }

 private:
  template <class Act>
  void each_within(std::size_t begin, std::size_t end, Act act) {
    const auto below = [&](std::size_t i, std::size_t offset) { return offsets_[i] < offset; };
    auto i = std::lower_bound(order_.begin(), order_.end(), begin, below);
    for (; i != order_.end() && offsets_[*i] < end; ++i) act(found_[*i]);
  }
  FieldPath here() const {
    FieldPath path;
    for (const FieldStep& step : stack_) path = path.at(step.name, step.index);
    return path;
  }

  const std::vector<std::size_t>& offsets_;
  std::vector<std::size_t> order_;  // the bytes, sorted
  std::vector<Statement> found_;
  std::vector<FieldStep> stack_;
  FieldStep last_;
};

}  // namespace

int nesting(std::string_view text, int limit) {
  int depth = 0;
  int deepest = 0;
  for (Lexer lexer(text); lexer.now().kind != Kind::kEnd && deepest < limit; lexer.next()) {
    if (lexer.at('{') || lexer.at('<') || lexer.at('[')) deepest = std::max(deepest, ++depth);
    if (lexer.at('}') || lexer.at('>') || lexer.at(']')) --depth;
  }
  return deepest;
}

std::optional<std::size_t> unclosed(std::string_view text) {
  std::vector<std::size_t> open;
  for (Lexer lexer(text); lexer.now().kind != Kind::kEnd; lexer.next()) {
    if (lexer.at('{') || lexer.at('<') || lexer.at('[')) open.push_back(lexer.now().begin);
    if ((lexer.at('}') || lexer.at('>') || lexer.at(']')) && !open.empty()) open.pop_back();
  }
  return open.empty() ? std::nullopt : std::optional(open.back());
}

std::vector<std::size_t> locate(std::string_view text, const std::vector<FieldPath>& paths) {
  Finder finder(paths);
  Walk<Finder>(text, finder).run();
  return finder.offsets();
}

std::vector<TextPlace> places_of(std::string_view text, const std::vector<std::size_t>& offsets) {
  std::vector<std::size_t> order(offsets.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return offsets[a] < offsets[b]; });
  std::vector<TextPlace> places(offsets.size());
  TextPlace at = {1, 1, 0, 0};
  for (const std::size_t i : order) {
    while (at.offset < std::min(offsets[i], text.size())) {
      const Character character = character_at(text, at.offset);
      at.offset += character.bytes;
      if (character.code == '\n') {
        at = {at.line + 1, 1, at.offset, at.offset};
      } else {
        at.column += character.code == '\t' ? 1 : character.columns;
      }
    }
    places[i] = at;
  }
  return places;
}

std::vector<Statement> statements_at(std::string_view text, const std::vector<std::size_t>& offsets) {
  Around around(offsets);
  Walk<Around>(text, around).run();
  return around.take();
}

}  // namespace locus
