#include "core/expression/parse.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace locus {
namespace {

constexpr std::array kFunctions = std::to_array<std::pair<std::string_view, Operation>>({
    {"exp", Operation::kExp},
    {"tanh", Operation::kTanh},
    {"abs", Operation::kAbs},
    {"sign", Operation::kSign},
    {"step", Operation::kStep},
    {"sqrt", Operation::kSqrt},
    {"min", Operation::kMin},
    {"max", Operation::kMax},
    {"clip", Operation::kClip},
});
constexpr std::string_view kFunctionNames = "exp, tanh, abs, sign, step, sqrt, min, max, clip";

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Parser {
 public:
  Parser(std::string_view text, const NameResolver& resolve, Tree& tree)
      : text_(text), resolve_(resolve), tree_(tree) {}

  std::variant<std::int32_t, ExpressionFault> parse() {
    if (text_.size() > kMostCharacters) {
      fail(0, "has " + std::to_string(text_.size()) + " characters",
           "must have at most " + std::to_string(kMostCharacters));
      return *fault_;
    }
    const std::int32_t root = sum();
    skip_blanks();
    if (!fault_ && at_ < text_.size()) unexpected();
    if (fault_) return *fault_;
    return root;
  }

 private:
  std::int32_t sum() {
    if (++depth_ > kMostDepth)
      return fail(at_, "is nested too deeply", "must be nested at most " + std::to_string(kMostDepth) + " deep");
    std::int32_t left = product();
    while (!fault_) {
      if (take('+')) {
        left = apply(Operation::kAdd, left, product());
      } else if (take('-')) {
        left = apply(Operation::kSubtract, left, product());
      } else {
        break;
      }
    }
    --depth_;
    return left;
  }

  std::int32_t product() {
    std::int32_t left = factor();
    while (!fault_) {
      if (take('*')) {
        if (at_ < text_.size() && text_[at_] == '*')
          return fail(at_ - 1, "has the unknown operator \"**\"", "write x*x");
        left = apply(Operation::kMultiply, left, factor());
      } else if (take('/')) {
        left = apply(Operation::kDivide, left, factor());
      } else {
        break;
      }
    }
    return left;
  }

  std::int32_t factor() {
    skip_blanks();
    if (at_ == text_.size())
      return fail(at_, "ends where a value must stand", "values are numbers, names, functions and parentheses");
    if (take('-')) {
      if (++depth_ > kMostDepth)
        return fail(at_, "is nested too deeply", "must be nested at most " + std::to_string(kMostDepth) + " deep");
      const std::int32_t inner = factor();
      --depth_;
      return apply(Operation::kNegate, inner);
    }
    if (take('(')) {
      const std::int32_t inner = sum();
      expect(')');
      return inner;
    }
    const char c = text_[at_];
    if (is_digit(c) || c == '.') return number();
    if (begins_name(c)) return name();
    return unexpected();
  }

  std::int32_t number() {
    double value = 0;
    const std::size_t begin = at_;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc() || !std::isfinite(value))
      return fail(begin, "has a number that is not finite or not whole", "");
    at_ = static_cast<std::size_t>(end - text_.data());
    if (at_ < text_.size() && begins_name(text_[at_]))
      return fail(at_, "has a name right after a number", "write * between them");
    return add({.operation = Operation::kNumber, .number = value});
  }

  std::int32_t name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && (begins_name(text_[at_]) || is_digit(text_[at_]))) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    const auto function = std::ranges::find(kFunctions, word, &std::pair<std::string_view, Operation>::first);
    skip_blanks();
    const bool called = at_ < text_.size() && text_[at_] == '(';
    if (function != kFunctions.end()) {
      if (!called)
        return fail(begin, "has the function " + quoted(word) + " without arguments",
                    "write " + std::string(word) + "(...)");
      return call(begin, word, function->second);
    }
    if (called) {
      return fail(begin, "calls " + quoted(word) + ", which is no function",
                  "functions are " + std::string(kFunctionNames));
    }
    if (at_ < text_.size() && (text_[at_] == '[' || text_[at_] == '\'')) {
      return fail(at_, "asks for " + quoted(word) + " of another place or tick, which has no name",
                  "another neuron's would need GATHER or INFLUENCE, violations in space; an earlier tick's a replay over AXON "
                  "with a lag, a violation in time; a trace keeps what it needs of the past");
    }
    const auto found = resolve_(word);
    if (const auto* node = std::get_if<std::int32_t>(&found)) return *node;
    const auto& fault = std::get<ExpressionFault>(found);
    return fail(begin, fault.found, fault.allowed);
  }

  std::int32_t call(std::size_t begin, std::string_view word, Operation operation) {
    take('(');
    std::array<std::int32_t, 3> arguments{-1, -1, -1};
    int given = 0;
    do {
      const std::int32_t argument = sum();
      if (fault_) return -1;
      if (given < 3) arguments[static_cast<std::size_t>(given)] = argument;
      ++given;
    } while (take(','));
    expect(')');
    if (fault_) return -1;
    if (given != arguments_of(operation)) {
      return fail(begin, std::string(word) + " has " + std::to_string(given) + " arguments",
                  "must have " + std::to_string(arguments_of(operation)));
    }
    return add({.operation = operation, .arguments = arguments});
  }

  std::int32_t apply(Operation operation, std::int32_t a, std::int32_t b = -1) {
    return fault_ ? -1 : add({.operation = operation, .arguments = {a, b, -1}});
  }
  std::int32_t add(const Node& node) {
    if (tree_.is_full())
      return fail(at_, "makes the rule too large", "a rule has at most " + std::to_string(kMostNodes) + " parts");
    return tree_.add(node);
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }
  bool take(char symbol) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != symbol) return false;
    ++at_;
    return true;
  }
  void expect(char symbol) {
    if (fault_ || take(symbol)) return;
    if (at_ == text_.size()) {
      fail(at_, std::string("ends without ") + quoted(std::string_view(&symbol, 1)), "");
    } else {
      unexpected();
    }
  }
  std::int32_t unexpected() {
    const char c = text_[at_];
    if (c == '^') return fail(at_, "has the unknown operator \"^\"", "write x*x");
    if (c == '=' || c == '<' || c == '>')
      return fail(at_, "has the unknown operator " + quoted(text_.substr(at_, 1)), "step(x) is 1 where x > 0, else 0");
    const bool printable = c > ' ' && c < 127;
    return fail(at_, printable ? "has an unexpected " + quoted(text_.substr(at_, 1)) : "has an unexpected character",
                "operators are + - * /, and parentheses");
  }
  std::int32_t fail(std::size_t where, std::string found, std::string allowed) {
    if (fault_) return -1;
    ExpressionFault fault{1, 1, std::move(found), std::move(allowed)};
    for (std::size_t i = 0; i < where && i < text_.size(); ++i) {
      const bool ends_line = text_[i] == '\n';
      fault.line += ends_line ? 1 : 0;
      fault.column = ends_line ? 1 : fault.column + 1;
    }
    fault_ = std::move(fault);
    return -1;
  }

  std::string_view text_;
  const NameResolver& resolve_;
  Tree& tree_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::optional<ExpressionFault> fault_;
};

}  // namespace

std::variant<std::int32_t, ExpressionFault> parse_expression(std::string_view text, const NameResolver& resolve,
                                                             Tree& tree) {
  return Parser(text, resolve, tree).parse();
}

bool is_name(std::string_view text) {
  return !text.empty() && begins_name(text.front()) &&
         std::ranges::all_of(text, [](char c) { return begins_name(c) || is_digit(c); });
}

bool is_function(std::string_view name) {
  return std::ranges::find(kFunctions, name, &std::pair<std::string_view, Operation>::first) != kFunctions.end();
}

}  // namespace locus
