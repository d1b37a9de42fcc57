// The text of an expression: as few parentheses as its value allows.
#include <charconv>

#include "core/expression/local_rule.h"

namespace locus {
namespace {

enum Rank { kSum, kProduct, kFactor };

class Writer {
 public:
  explicit Writer(const LocalRule& rule) : rule_(rule) {}

  std::string text_of(std::int32_t node, Rank least) const {
    const Node& of = rule_.tree[node];
    const auto [a, b, c] = of.arguments;
    switch (of.operation) {
      case Operation::kNumber: return number(of.number);
      case Operation::kLeaf: return leaf(of);
      case Operation::kNegate: return within(kProduct, least, "-" + text_of(a, kFactor));
      case Operation::kAdd: return within(kSum, least, text_of(a, kSum) + " + " + text_of(b, kProduct));
      case Operation::kSubtract: return within(kSum, least, text_of(a, kSum) + " - " + text_of(b, kProduct));
      case Operation::kMultiply: return within(kProduct, least, text_of(a, kProduct) + "*" + text_of(b, kFactor));
      case Operation::kDivide: return within(kProduct, least, text_of(a, kProduct) + "/" + text_of(b, kFactor));
      case Operation::kExp: return call("exp", {a});
      case Operation::kTanh: return call("tanh", {a});
      case Operation::kAbs: return call("abs", {a});
      case Operation::kSign: return call("sign", {a});
      case Operation::kStep: return call("step", {a});
      case Operation::kSqrt: return call("sqrt", {a});
      case Operation::kMin: return call("min", {a, b});
      case Operation::kMax: return call("max", {a, b});
      case Operation::kClip: return call("clip", {a, b, c});
    }
    return "";
  }

 private:
  static std::string within(Rank own, Rank least, std::string text) { return own < least ? "(" + text + ")" : text; }
  static std::string number(double value) {
    char digits[32];
    const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
    return {digits, end};
  }
  std::string leaf(const Node& of) const {
    const auto i = static_cast<std::size_t>(of.index);
    switch (of.leaf) {
      case Leaf::kSymbol: {
        const std::string_view name = row(static_cast<Symbol>(of.index)).name;
        return name.empty() ? "taught" : std::string(name);
      }
      case Leaf::kConstant: return rule_.text.constants[i].name;
      case Leaf::kTrace: return rule_.traces[i].name;
      case Leaf::kPayload: return "m" + std::to_string(of.index);
    }
    return "";
  }
  std::string call(const char* function, const std::vector<std::int32_t>& arguments) const {
    std::string text = std::string(function) + "(";
    for (std::size_t i = 0; i < arguments.size(); ++i) text += (i == 0 ? "" : ", ") + text_of(arguments[i], kSum);
    return text + ")";
  }

  const LocalRule& rule_;
};

}  // namespace

std::string LocalRule::words(std::int32_t node) const { return Writer(*this).text_of(node, kSum); }

}  // namespace locus
