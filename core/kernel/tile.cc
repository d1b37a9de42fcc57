#include "core/kernel/tile.h"

#include <algorithm>
#include <bit>

#include "core/expression/evaluate.h"

namespace locus {
namespace {

using From = TileOperand::From;

/// Makes steps of the expressions, with as few registers as a stack needs.
class TileCompiler {
 public:
  explicit TileCompiler(TileProgram& program) : rule_(*program.rule), program_(program) {}

  void add(std::int32_t root, std::int32_t trace) {
    trace_ = trace;
    TileExpression expression{.steps = {}, .value = {}, .trace = trace};
    expression.value = compile(root, 0, expression.steps);
    program_.expressions.push_back(std::move(expression));
  }

  /// The same of a trace that the source brings up to date.
  void add_of_source(std::int32_t root, std::int32_t trace) {
    TileExpression expression{.steps = {}, .value = {}, .trace = trace};
    is_of_source_ = true;
    expression.value = compile(root, 0, expression.steps);
    is_of_source_ = false;
    program_.of_source.push_back(std::move(expression));
  }

 private:
  /// Registers from `free` on may be used.
  TileOperand compile(std::int32_t root, std::int32_t free, std::vector<TileStep>& steps) {
    const Node& node = rule_.tree[root];
    if (node.operation == Operation::kNumber) return number(node.number);
    if (node.operation == Operation::kLeaf) return leaf(node);
    TileStep step{.operation = node.operation, .arguments = {}, .result = free};
    std::int32_t used = free;
    for (int i = 0; i < arguments_of(node.operation); ++i) {
      const auto k = static_cast<std::size_t>(i);
      step.arguments[k] = compile(node.arguments[k], used, steps);
      if (step.arguments[k].from == From::kRegister) ++used;
    }
    program_.registers = std::max(program_.registers, free + 1);
    steps.push_back(step);
    return {From::kRegister, free};
  }

  TileOperand number(double value) {
    const auto same = [&](double other) {
      return std::bit_cast<std::uint64_t>(other) == std::bit_cast<std::uint64_t>(value);
    };
    auto found = std::ranges::find_if(program_.numbers, same);
    if (found == program_.numbers.end()) found = program_.numbers.insert(found, value);
    return {From::kNumber, static_cast<std::int32_t>(found - program_.numbers.begin())};
  }

  TileOperand leaf(const Node& node) {
    switch (node.leaf) {
      case Leaf::kConstant: return number(rule_.text.constants[static_cast<std::size_t>(node.index)].value);
      case Leaf::kTrace: return trace(node.index);
      case Leaf::kPayload: return {From::kMessage, node.index};
      case Leaf::kSymbol: break;
    }
    switch (static_cast<Symbol>(node.index)) {
      case Symbol::kPre: return {From::kPre, 0};
      case Symbol::kWeight: program_.reads_weight = true; return {From::kWeight, 0};
      case Symbol::kLeak: program_.reads_constant[0] = true; return {From::kLeak, 0};
      case Symbol::kDecay: program_.reads_constant[1] = true; return {From::kDecay, 0};
      case Symbol::kDrive: program_.reads_constant[2] = true; return {From::kDrive, 0};
      case Symbol::kDt: return number(program_.dt);
      default: return number(program_.ticks);
    }
  }

  /// The update of a trace sees those that stand before it after theirs, and all others before.
  TileOperand trace(std::int32_t index) {
    if (is_of_source_) return {From::kSource, 2 * index};
    if (!rule_.traces[static_cast<std::size_t>(index)].is_shared) return {From::kTrace, index};
    const std::int32_t source = 2 * index + (trace_ < 0 || index < trace_ ? 1 : 0);
    program_.reads_source[static_cast<std::size_t>(source)] = 1;
    return {From::kSource, source};
  }

  const LocalRule& rule_;
  TileProgram& program_;
  std::int32_t trace_ = -1;  // whose expression is compiled; -1: a change
  bool is_of_source_ = false;
};

template <Operation kOperation, class R>
void apply_as(std::int32_t cells, R* result, const R* a, const R* b, const R* c) {
  constexpr int kArguments = arguments_of(kOperation);
  for (std::int32_t i = 0; i < cells; ++i)
    result[i] = apply_operation(kOperation, a[i], kArguments > 1 ? b[i] : R(0), kArguments > 2 ? c[i] : R(0));
}

/// apply_operation (evaluate.h) on each cell, with a loop of its own for each operation.
template <class R>
void apply_tile(Operation operation, std::int32_t cells, R* result, const R* a, const R* b, const R* c) {
  switch (operation) {
    case Operation::kNumber:
    case Operation::kLeaf: return;  // not steps of a program
    case Operation::kNegate: return apply_as<Operation::kNegate>(cells, result, a, b, c);
    case Operation::kExp: return apply_as<Operation::kExp>(cells, result, a, b, c);
    case Operation::kTanh: return apply_as<Operation::kTanh>(cells, result, a, b, c);
    case Operation::kAbs: return apply_as<Operation::kAbs>(cells, result, a, b, c);
    case Operation::kSign: return apply_as<Operation::kSign>(cells, result, a, b, c);
    case Operation::kStep: return apply_as<Operation::kStep>(cells, result, a, b, c);
    case Operation::kSqrt: return apply_as<Operation::kSqrt>(cells, result, a, b, c);
    case Operation::kAdd: return apply_as<Operation::kAdd>(cells, result, a, b, c);
    case Operation::kSubtract: return apply_as<Operation::kSubtract>(cells, result, a, b, c);
    case Operation::kMultiply: return apply_as<Operation::kMultiply>(cells, result, a, b, c);
    case Operation::kDivide: return apply_as<Operation::kDivide>(cells, result, a, b, c);
    case Operation::kMin: return apply_as<Operation::kMin>(cells, result, a, b, c);
    case Operation::kMax: return apply_as<Operation::kMax>(cells, result, a, b, c);
    case Operation::kClip: return apply_as<Operation::kClip>(cells, result, a, b, c);
  }
}

}  // namespace

TileProgram::TileProgram(const LocalRule& of, double dt_of, double ticks_of, RuleMoment moment)
    : rule(&of), dt(dt_of), ticks(ticks_of), reads_source(2 * of.traces.size(), 0) {
  TileCompiler compiler(*this);
  if (moment == RuleMoment::kEnd) {
    for (const std::int32_t end : of.ends) compiler.add(end, -1);
    return;
  }
  for (std::size_t i = 0; i < of.traces.size(); ++i) {
    const auto trace = static_cast<std::int32_t>(i);
    if (of.traces[i].is_shared) {
      shared.push_back(trace);
      compiler.add_of_source(of.traces[i].next, trace);
    } else if (of.traces[i].at != TraceAt::kTarget) {
      compiler.add(of.traces[i].next, trace);
    }
  }
  for (const std::int32_t change : of.changes) compiler.add(change, -1);
}

template <class R>
TileRunner<R>::TileRunner(const TileProgram& program)
    : program_(program),
      values_(program.numbers.size(), R(0)),
      numbers_(program.registers),
      pre_(numbers_ + static_cast<std::int32_t>(program.numbers.size())),
      weight_(pre_ + 1),
      constants_(weight_ + 1),
      payload_(constants_ + 3),
      sources_(payload_ + kMostPayload),
      buffers_((static_cast<std::size_t>(sources_) + program.reads_source.size()) * kTile, R(0)) {
  for (std::size_t k = 0; k < program.numbers.size(); ++k) {
    values_[k] = static_cast<R>(program.numbers[k]);
    std::fill_n(buffer(numbers_ + static_cast<std::int32_t>(k)), kTile, values_[k]);
  }
}

template <class R>
void TileRunner<R>::advance(const TileColumns<R>& columns) const {
  const LocalRule& rule = *program_.rule;
  const auto at = [&](std::int32_t trace) { return columns.shared[static_cast<std::size_t>(trace)]; };
  for (std::int32_t lane = 0; lane < columns.lanes; ++lane) {
    for (const std::int32_t trace : program_.shared) at(trace)[columns.lanes + lane] = at(trace)[lane];
    for (const std::int32_t trace : program_.shared) {
      at(trace)[lane] = evaluate<R>(rule.tree, rule.traces[static_cast<std::size_t>(trace)].next, [&](const Node& leaf) {
        if (leaf.leaf == Leaf::kConstant)
          return static_cast<R>(rule.text.constants[static_cast<std::size_t>(leaf.index)].value);
        if (leaf.leaf == Leaf::kTrace) return at(leaf.index)[lane];
        const auto symbol = static_cast<Symbol>(leaf.index);
        return symbol == Symbol::kPre ? columns.pre[lane]
                                      : static_cast<R>(symbol == Symbol::kDt ? program_.dt : program_.ticks);
      });
    }
  }
}

/// Fills the tiles of what does not stand in a column as the tile needs it.
template <class R>
void TileRunner<R>::load(const TileColumns<R>& columns, std::int64_t begin, std::int32_t cells) {
  const std::int64_t lanes = columns.lanes;
  const auto each = [&](R* tile, auto value) {
    for (std::int32_t i = 0; i < cells; ++i) {
      const std::int64_t cell = begin + i;
      tile[i] = value(lanes == 1 ? cell : cell / lanes, lanes == 1 ? 0 : cell % lanes);
    }
  };
  const auto target = [&](std::int64_t k) { return columns.target == nullptr ? k : std::int64_t{columns.target[k]}; };
  if (lanes > 1) {
    each(buffer(pre_), [&](std::int64_t, std::int64_t lane) { return columns.pre[lane]; });
    if (program_.reads_weight) each(buffer(weight_), [&](std::int64_t k, std::int64_t) { return columns.weight[k]; });
    for (std::size_t s = 0; s < program_.reads_source.size(); ++s) {
      if (program_.reads_source[s] == 0) continue;
      const R* const values = columns.shared[s / 2] + (s % 2 == 1 ? 0 : lanes);
      each(buffer(sources_ + static_cast<std::int32_t>(s)), [&](std::int64_t, std::int64_t lane) { return values[lane]; });
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    if (!program_.reads_constant[c] || (lanes == 1 && columns.target == nullptr)) continue;
    each(buffer(constants_ + static_cast<std::int32_t>(c)),
         [&](std::int64_t k, std::int64_t) { return columns.constants[c][target(k)]; });
  }
  if (columns.target == nullptr) return;
  for (std::size_t n = 0; n < columns.payload.size() && columns.payload[n] != nullptr; ++n) {
    each(buffer(payload_ + static_cast<std::int32_t>(n)),
         [&](std::int64_t k, std::int64_t lane) { return columns.payload[n][target(k) * lanes + lane]; });
  }
}

template <class R>
const R* TileRunner<R>::at(const TileColumns<R>& columns, const TileOperand& operand, std::int64_t begin) const {
  const bool direct = columns.target == nullptr;
  const auto constant = [&](std::int32_t c) {
    return direct && columns.lanes == 1 ? columns.constants[static_cast<std::size_t>(c)] + begin : buffer(constants_ + c);
  };
  switch (operand.from) {
    case From::kRegister: return buffer(operand.index);
    case From::kNumber: return buffer(numbers_ + operand.index);
    case From::kPre: return buffer(pre_);
    case From::kWeight: return columns.lanes == 1 ? columns.weight + begin : buffer(weight_);
    case From::kTrace: return columns.traces[static_cast<std::size_t>(operand.index)] + begin;
    case From::kSource: return buffer(sources_ + operand.index);
    case From::kMessage:
      return direct ? columns.payload[static_cast<std::size_t>(operand.index)] + begin : buffer(payload_ + operand.index);
    case From::kLeak: return constant(0);
    case From::kDecay: return constant(1);
    case From::kDrive: return constant(2);
  }
  return nullptr;
}

template <class R>
void TileRunner<R>::finish(const TileColumns<R>& columns, const TileExpression& expression, std::int64_t begin,
                           std::int32_t cells) {
  const R* const value = at(columns, expression.value, begin);
  if (expression.trace >= 0) {
    R* const trace = columns.traces[static_cast<std::size_t>(expression.trace)] + begin;
    if (trace != value) std::copy_n(value, cells, trace);
  } else if (columns.lanes == 1) {
    R* const delta = columns.delta + begin;
    for (std::int32_t i = 0; i < cells; ++i) delta[i] += value[i];
  } else {
    for (std::int32_t i = 0; i < cells; ++i) columns.delta[(begin + i) / columns.lanes] += value[i];
  }
}

template <class R>
void TileRunner<R>::run(const TileColumns<R>& columns) {
  if (kernel_ != nullptr) {
    kernel_(&columns, values_.data());
  } else {
    interpret(columns);
  }
}

template <class R>
void TileRunner<R>::interpret(const TileColumns<R>& columns) {
  const std::int64_t all = columns.synapses * columns.lanes;
  advance(columns);
  if (columns.lanes == 1) {
    std::fill_n(buffer(pre_), kTile, columns.pre[0]);
    for (std::size_t s = 0; s < program_.reads_source.size(); ++s) {
      if (program_.reads_source[s] == 0) continue;
      std::fill_n(buffer(sources_ + static_cast<std::int32_t>(s)), kTile, columns.shared[s / 2][s % 2 == 1 ? 0 : 1]);
    }
  }
  for (std::int64_t begin = 0; begin < all; begin += kTile) {
    const auto cells = static_cast<std::int32_t>(std::min<std::int64_t>(kTile, all - begin));
    load(columns, begin, cells);
    for (const TileExpression& expression : program_.expressions) {
      for (const TileStep& step : expression.steps) {
        const R* arguments[3] = {nullptr, nullptr, nullptr};
        for (int i = 0; i < arguments_of(step.operation); ++i)
          arguments[i] = at(columns, step.arguments[static_cast<std::size_t>(i)], begin);
        apply_tile(step.operation, cells, buffer(step.result), arguments[0], arguments[1], arguments[2]);
      }
      finish(columns, expression, begin, cells);
    }
  }
}

template class TileRunner<double>;
template class TileRunner<float>;

}  // namespace locus
