// The tile interpreter: expressions of a local rule over runs of synapses, one operation at a time
// over a tile of them.
//
// Each operation is a loop over kTile numbers, which the compiler vectorises, so that the cost of
// finding out which operation it is is shared by the tile. The numbers of a synapse are those of
// core/expression/evaluate.h, to the bit: the same operations on the same numbers. A RuleKernel,
// compiled from core/kernel/kernel_text.h, does the same to the same columns, to the bit.
// Cost: a load or two and a store to the nearest cache for each operation and synapse.
// Invariants: a program is made once; running it allocates nothing.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/base/column.h"
#include "core/expression/local_rule.h"

namespace locus {

inline constexpr std::int32_t kTile = 128;

/// The place of a number of each synapse, for an operation.
struct TileOperand {
  enum class From : std::uint8_t {
    kRegister,
    kNumber,  // the same for all: a number of the text, a constant, dt or ticks
    kPre,
    kWeight,
    kTrace,
    kSource,   // a trace that the source keeps: index is 2 x trace, and 1 more after its update
    kMessage,  // a number of the payload
    kLeak,     // of the target, as the two below
    kDecay,
    kDrive,
  };
  From from = From::kNumber;
  std::int32_t index = 0;
};

struct TileStep {
  Operation operation;
  std::array<TileOperand, 3> arguments;
  std::int32_t result = 0;  // register
};

struct TileExpression {
  std::vector<TileStep> steps;
  TileOperand value;
  std::int32_t trace = -1;  // that it updates; -1: a change
};

/// The expressions of a rule at a synapse that are evaluated together: those of a tick, or those of
/// the end of a trial.
enum class RuleMoment : std::uint8_t { kTick, kEnd };

/// The expressions of a moment, in the order of their evaluation.
struct TileProgram {
  TileProgram(const LocalRule& rule, double dt, double ticks, RuleMoment moment = RuleMoment::kTick);

  std::vector<TileExpression> expressions;
  std::vector<double> numbers;
  // the next values of the traces that the source brings up to date, in the order of `shared`, as
  // a kernel carries them out: kSource is the present value
  std::vector<TileExpression> of_source;
  std::int32_t registers = 0;
  bool reads_weight = false;
  std::array<bool, 3> reads_constant{};    // leak, decay, drive
  const LocalRule* rule = nullptr;         // outlives this
  double dt = 1;                           // ms
  double ticks = 0;                        // of a trial
  std::vector<std::int32_t> shared;        // traces that the source brings up to date
  std::vector<std::uint8_t> reads_source;  // by index of kSource
};

/// The columns of the synapses of one source, and of their targets. Compiled kernels know the
/// layout of this struct (core/kernel/kernel_text.cc).
template <class R>
struct TileColumns {
  std::int64_t synapses = 0;  // of the source
  std::int32_t lanes = 1;
  const std::int32_t* target = nullptr;  // (synapses), within the projection; null: 0, 1, 2, ...
  const R* pre = nullptr;                // of the source (lanes)
  const R* weight = nullptr;             // (synapses)
  R* delta = nullptr;                    // (synapses); the lanes share it, in lane order
  // leak, decay, drive of the projection's targets (targets)
  std::array<const R*, 3> constants{};
  // by number, of the projection's targets (targets x lanes)
  std::array<const R*, kMostPayload> payload{};
  // by trace (synapses x lanes); null: of the target, or shared by all synapses of the source
  std::array<R*, kMostTraces> traces{};
  // by trace (2 x lanes): its value, and the last one; null: not shared
  std::array<R*, kMostTraces> shared{};
};

/// The expressions of a moment on all synapses of a source, compiled; `numbers` are those of the
/// program, rounded to R.
template <class R>
using RuleKernel = void (*)(const TileColumns<R>* columns, const R* numbers);

/// The kernels of a rule; null: interpreted. Who has loaded them outlives who calls them.
template <class R>
struct RuleKernels {
  std::array<RuleKernel<R>, 2> by_moment{};

  RuleKernel<R> at(RuleMoment moment) const { return by_moment[static_cast<std::size_t>(moment)]; }
};

template <class R>
class TileRunner {
 public:
  explicit TileRunner(const TileProgram& program);
  /// All expressions on all synapses of a source.
  void run(const TileColumns<R>& columns);
  /// From now on by a kernel that was compiled from the text of the program; null: interpreted.
  void use(RuleKernel<R> kernel) { kernel_ = kernel; }

 private:
  void interpret(const TileColumns<R>& columns);
  /// The clock of the traces that the source keeps.
  void advance(const TileColumns<R>& columns) const;
  void load(const TileColumns<R>& columns, std::int64_t begin, std::int32_t cells);
  const R* at(const TileColumns<R>& columns, const TileOperand& operand, std::int64_t begin) const;
  void finish(const TileColumns<R>& columns, const TileExpression& expression, std::int64_t begin, std::int32_t cells);
  R* buffer(std::int32_t index) { return buffers_.data() + std::ptrdiff_t{index} * kTile; }
  const R* buffer(std::int32_t index) const { return buffers_.data() + std::ptrdiff_t{index} * kTile; }

  const TileProgram& program_;
  RuleKernel<R> kernel_ = nullptr;
  Column<R> values_;  // of the program's numbers, rounded
  // tiles: registers, numbers, pre, weight, three constants, payload, traces of the source
  std::int32_t numbers_;
  std::int32_t pre_;
  std::int32_t weight_;
  std::int32_t constants_;
  std::int32_t payload_;
  std::int32_t sources_;
  Column<R> buffers_;
};

}  // namespace locus
