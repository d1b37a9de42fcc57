#include "sim/report/narrow_message.h"

namespace locus {
namespace {

v1::Rounding spelled_rounding(Rounding rounding) {
  return rounding == Rounding::kStochastic ? v1::STOCHASTIC : v1::NEAREST;
}

}  // namespace

void fill_narrow(const TrainingSpec& from, v1::Training& to) {
  for (const NarrowWires& wires : from.wires) {
    v1::NarrowWires& written = *to.add_wires();  // FEEDBACK, the only channel
    if (wires.grid) {
      written.set_bits(wires.grid->bits);
      written.set_range(wires.grid->range);
      written.set_rounding(spelled_rounding(wires.grid->rounding));
    }
    if (wires.drop != 0) written.set_drop(wires.drop);
    if (wires.delay != 0) written.set_delay(wires.delay);
  }
  const NarrowSynapses& synapses = from.synapses;
  if (synapses.weight) {
    to.mutable_synapse()->set_weight_bits(synapses.weight->bits);
    to.mutable_synapse()->set_range(synapses.weight->range);
    to.mutable_synapse()->set_rounding(spelled_rounding(synapses.weight->rounding));
  }
  if (synapses.trace) {
    to.mutable_synapse()->set_trace_bits(synapses.trace->bits);
    to.mutable_synapse()->set_trace_range(synapses.trace->range);
    to.mutable_synapse()->set_rounding(spelled_rounding(synapses.trace->rounding));
  }
}

}  // namespace locus
