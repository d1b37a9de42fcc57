#include "core/kernel/kernel_text.h"

#include <cstddef>
#include <set>
#include <type_traits>

namespace locus {
namespace {

using From = TileOperand::From;

// The text of `struct Columns` below has this layout.
template <class R>
constexpr bool has_layout_of_text() {
  using Columns = TileColumns<R>;
  constexpr std::size_t kPointer = sizeof(void*);
  return std::is_standard_layout_v<Columns> && kPointer == 8 && offsetof(Columns, synapses) == 0 &&
         offsetof(Columns, lanes) == 8 && offsetof(Columns, target) == 2 * kPointer &&
         offsetof(Columns, pre) == 3 * kPointer && offsetof(Columns, weight) == 4 * kPointer &&
         offsetof(Columns, delta) == 5 * kPointer && offsetof(Columns, constants) == 6 * kPointer &&
         offsetof(Columns, payload) == 9 * kPointer && offsetof(Columns, traces) == (9 + kMostPayload) * kPointer &&
         offsetof(Columns, shared) == (9 + kMostPayload + kMostTraces) * kPointer;
}
static_assert(has_layout_of_text<double>() && has_layout_of_text<float>());

std::string indexed(std::string_view letter, std::int32_t index) { return std::string(letter) + std::to_string(index); }

/// The call or the operator of an operation on its arguments, as evaluate.h has it.
std::string operation_text(Operation operation, const std::string& a, const std::string& b, const std::string& c) {
  switch (operation) {
    case Operation::kNumber:
    case Operation::kLeaf: return a;  // not steps of a program
    case Operation::kNegate: return "-" + a;
    case Operation::kExp: return "exp_of(" + a + ")";
    case Operation::kTanh: return "tanh_of(" + a + ")";
    case Operation::kAbs: return "abs_of(" + a + ")";
    case Operation::kSign: return "sign_of(" + a + ")";
    case Operation::kStep: return "step_of(" + a + ")";
    case Operation::kSqrt: return "sqrt_of(" + a + ")";
    case Operation::kAdd: return a + " + " + b;
    case Operation::kSubtract: return a + " - " + b;
    case Operation::kMultiply: return a + " * " + b;
    case Operation::kDivide: return a + " / " + b;
    case Operation::kMin: return "min_of(" + a + ", " + b + ")";
    case Operation::kMax: return "max_of(" + a + ", " + b + ")";
    case Operation::kClip: return "min_of(max_of(" + a + ", " + b + "), " + c + ")";
  }
  return a;
}

/// Prints a program. Within a loop over cells, `x` is the cell of the source, `k` its synapse, `q`
/// its target, `y` the cell of the target, and `l` the lane.
class KernelPrinter {
 public:
  explicit KernelPrinter(const TileProgram& program) : program_(program) {
    const auto see = [&](const TileOperand& operand) {
      if (operand.from == From::kTrace) traces_.insert(operand.index);
      if (operand.from == From::kMessage) payload_.insert(operand.index);
      if (operand.from == From::kSource) sources_.insert(operand.index);
      reads_pre_ = reads_pre_ || operand.from == From::kPre;
    };
    for (const TileExpression& expression : program.expressions) {
      for (const TileStep& step : expression.steps) {
        for (int i = 0; i < arguments_of(step.operation); ++i) see(step.arguments[static_cast<std::size_t>(i)]);
      }
      see(expression.value);
      if (expression.trace >= 0) traces_.insert(expression.trace);
      if (expression.trace < 0) ++changes_;
    }
  }

  std::string print(std::string_view name) {
    line("extern \"C\" void " + std::string(name) + "(const Columns* c, const R* numbers) {");
    line("const long synapses = c->synapses, lanes = c->lanes;");
    line("const int* const __restrict target = c->target;");
    line("const R* const __restrict pres = c->pre;");
    line("const R* const __restrict weight = c->weight;");
    line("R* const __restrict delta = c->delta;");
    for (std::int32_t i = 0; i < 3; ++i)
      line("const R* const __restrict " + indexed("k", i) + " = c->constants[" + std::to_string(i) + "];");
    for (const std::int32_t i : payload_)
      line("const R* const __restrict " + indexed("m", i) + " = c->payload[" + std::to_string(i) + "];");
    for (const std::int32_t i : traces_)
      line("R* const __restrict " + indexed("t", i) + " = c->traces[" + std::to_string(i) + "];");
    for (std::size_t i = 0; i < program_.numbers.size(); ++i) {
      const auto index = static_cast<std::int32_t>(i);
      line("const R " + indexed("n", index) + " = numbers[" + std::to_string(index) + "];");
    }
    print_sources();
    print_one_lane();
    print_lanes();
    line("}");
    return std::move(text_);
  }

 private:
  void line(const std::string& text) { text_ += text + "\n"; }

  std::string operand_text(const TileOperand& operand) const {
    switch (operand.from) {
      case From::kRegister: return indexed("r", operand.index);
      case From::kNumber: return indexed("n", operand.index);
      case From::kPre: return "pre";
      case From::kWeight: return "weight[k]";
      case From::kTrace: return indexed("v", operand.index);
      case From::kSource: return indexed("s", operand.index);
      case From::kMessage: return indexed("m", operand.index) + "[y]";
      case From::kLeak: return "k0[q]";
      case From::kDecay: return "k1[q]";
      case From::kDrive: return "k2[q]";
    }
    return "";
  }

  void print_steps(const TileExpression& expression) {
    for (const TileStep& step : expression.steps) {
      std::array<std::string, 3> arguments;
      for (std::size_t i = 0; i < 3; ++i) arguments[i] = operand_text(step.arguments[i]);
      line(indexed("r", step.result) + " = " +
           operation_text(step.operation, arguments[0], arguments[1], arguments[2]) + ";");
    }
  }

  void declare_registers() {
    for (std::int32_t i = 0; i < program_.registers; ++i) line("R " + indexed("r", i) + ";");
  }

  /// The traces that the source keeps: all last values, then all next ones, as TileRunner::advance.
  void print_sources() {
    if (program_.shared.empty()) return;
    line("for (long l = 0; l < lanes; ++l) {");
    line("const R pre = pres[l];");
    declare_registers();
    for (const std::int32_t trace : program_.shared) {
      const std::string column = "c->shared[" + std::to_string(trace) + "]";
      line("R " + indexed("s", 2 * trace) + " = " + column + "[l];");
      line(column + "[lanes + l] = " + indexed("s", 2 * trace) + ";");
    }
    for (const TileExpression& expression : program_.of_source) {
      print_steps(expression);
      line(indexed("s", 2 * expression.trace) + " = " + operand_text(expression.value) + ";");
      line("c->shared[" + std::to_string(expression.trace) + "][l] = " + indexed("s", 2 * expression.trace) + ";");
    }
    line("(void)pre;");
    line("}");
  }

  /// What all synapses of the source read, of lane `l`: even indices are last values.
  void declare_of_source(const std::string& lane) {
    if (reads_pre_) line("const R pre = pres[" + lane + "];");
    for (const std::int32_t source : sources_) {
      line("const R " + indexed("s", source) + " = c->shared[" + std::to_string(source / 2) + "][" +
           (source % 2 == 1 ? "" : "lanes + ") + lane + "];");
    }
  }

  /// All expressions of one cell; change number n is handed to `add`, as "w3" and its value.
  template <class Add>
  void print_cell(const Add& add) {
    declare_registers();
    for (const std::int32_t trace : traces_) line("R " + indexed("v", trace) + " = " + indexed("t", trace) + "[x];");
    std::int32_t change = 0;
    for (const TileExpression& expression : program_.expressions) {
      print_steps(expression);
      const std::string value = operand_text(expression.value);
      if (expression.trace >= 0) {
        line(indexed("v", expression.trace) + " = " + value + ";");
        line(indexed("t", expression.trace) + "[x] = " + indexed("v", expression.trace) + ";");
      } else {
        add(indexed("w", change++), value);
      }
    }
  }

  void print_one_lane() {
    line("if (lanes == 1) {");
    declare_of_source("0");
    for (const bool sparse : {false, true}) {
      line(sparse ? "else {" : "if (!target) {");
      line("for (long k = 0; k < synapses; ++k) {");
      line(sparse ? "const long x = k, q = target[k], y = q;" : "const long x = k, q = k, y = k;");
      if (changes_ > 0) line("R d = delta[k];");
      print_cell([&](const std::string&, const std::string& value) { line("d += " + value + ";"); });
      if (changes_ > 0) line("delta[k] = d;");
      line("(void)x; (void)q; (void)y;");
      line("}");
      line("}");
    }
    line("return;");
    line("}");
  }

  /// Changes are added as the interpreter adds them: of the lanes of a synapse that stand in a
  /// tile, first one change of all, then the next.
  void print_lanes() {
    const std::string tile = std::to_string(kTile);
    for (std::int32_t i = 0; i < changes_; ++i) line("R " + indexed("w", i) + "[" + tile + "];");
    line("for (long k = 0; k < synapses; ++k) {");
    line("const long q = target ? target[k] : k;");
    line("for (long first = 0; first < lanes;) {");
    line("const long begin = k * lanes + first;");
    line("long cells = " + tile + " - begin % " + tile + ";");
    line("if (cells > lanes - first) cells = lanes - first;");
    line("for (long e = 0; e < cells; ++e) {");
    line("const long x = begin + e, l = first + e, y = q * lanes + l;");
    declare_of_source("l");
    print_cell([&](const std::string& column, const std::string& value) { line(column + "[e] = " + value + ";"); });
    line("(void)x; (void)l; (void)y;");
    line("}");
    if (changes_ > 0) line("R d = delta[k];");
    for (std::int32_t i = 0; i < changes_; ++i)
      line("for (long e = 0; e < cells; ++e) d += " + indexed("w", i) + "[e];");
    if (changes_ > 0) line("delta[k] = d;");
    line("first += cells;");
    line("}");
    line("(void)q;");
    line("}");
  }

  const TileProgram& program_;
  std::set<std::int32_t> traces_;
  std::set<std::int32_t> payload_;
  std::set<std::int32_t> sources_;
  bool reads_pre_ = false;
  std::int32_t changes_ = 0;
  std::string text_;
};

}  // namespace

std::string_view kernel_name(RuleMoment moment) { return moment == RuleMoment::kEnd ? "locus_end" : "locus_tick"; }

std::int64_t steps_of(const TileProgram& program) {
  std::int64_t steps = 0;
  for (const TileExpression& expression : program.expressions) steps += std::ssize(expression.steps);
  for (const TileExpression& expression : program.of_source) steps += std::ssize(expression.steps);
  return steps;
}

template <class R>
std::string kernel_head() {
  const bool single = std::is_same_v<R, float>;
  const std::string suffix = single ? "f" : "";
  std::string text = "typedef " + std::string(single ? "float" : "double") + " R;\n";
  text += "struct Columns {\nlong synapses;\nint lanes;\nconst int* target;\nconst R* pre;\nconst R* weight;\nR* delta;\n";
  text += "const R* constants[3];\nconst R* payload[" + std::to_string(kMostPayload) + "];\n";
  text += "R* traces[" + std::to_string(kMostTraces) + "];\nR* shared[" + std::to_string(kMostTraces) + "];\n};\n";
  const auto function = [&](std::string_view name, std::string_view value) {
    text += "static inline R " + std::string(name) + " { return " + std::string(value) + "; }\n";
  };
  function("exp_of(R a)", "__builtin_exp" + suffix + "(a)");
  function("tanh_of(R a)", "__builtin_tanh" + suffix + "(a)");
  function("abs_of(R a)", "__builtin_fabs" + suffix + "(a)");
  function("sqrt_of(R a)", "__builtin_sqrt" + suffix + "(a)");
  function("sign_of(R a)", "a > 0 ? R(1) : a < 0 ? R(-1) : R(0)");
  function("step_of(R a)", "a > 0 ? R(1) : R(0)");
  function("min_of(R a, R b)", "b < a ? b : a");
  function("max_of(R a, R b)", "a < b ? b : a");
  return text;
}

std::string kernel_text(const TileProgram& program, RuleMoment moment) {
  return KernelPrinter(program).print(kernel_name(moment));
}

template std::string kernel_head<double>();
template std::string kernel_head<float>();

}  // namespace locus
