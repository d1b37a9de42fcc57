#include "core/transport/columns/common.h"

namespace locus {

Column<std::int32_t> fan_in_of(const Projection& projection) {
  Column<std::int32_t> fan_in(static_cast<std::size_t>(projection.target_size),
                              projection.dense ? projection.source_size : 0);
  for (const std::int32_t neuron : projection.target) ++fan_in[static_cast<std::size_t>(neuron)];
  return fan_in;
}

template <class R>
Common<R>::Common(Network<R>& of, const Learning& by, const Horizon& horizon, Executor runs, Door& through,
                  RankExchange between)
    : network(of),
      learning(by),
      rule(locus::rule(by.kind)),
      trial(horizon.trial),
      selected(selected_phases(selection_of(by, horizon.trial))),
      executor(runs),
      door(through),
      lanes(of.lanes),
      plan(plan_of(*of.topology, by, horizon, {of.lanes, runs.threads, sizeof(R)})),
      input_lines(of, Layer::kInput, plan.lists_speakers),
      rate_lines(of, Layer::kRate, plan.lists_speakers, runs.threads),
      tapes(plan, horizon.trial.ticks),
      feedback_wires(of, by),
      tree(static_cast<std::size_t>(plan.tree), R(0)),
      crossing(*of.topology, of.lanes, between) {
  const std::size_t projections = of.projections().size();
  const Selection selection = selection_of(by);
  fan_in.reserve(projections);
  optimizers.reserve(projections);
  passages_over.reserve(projections);
  for (ProjectionId p; p.value < std::ssize(of.projections()); ++p.value) {
    const Projection& projection = of.projections()[p];
    (projection.target_layer == Layer::kReadout ? onto_readouts : onto_rate).push_back(p);
    fan_in.push_back(fan_in_of(projection));
    optimizers.push_back(optimizer_of(by, projection));
    const auto over = [&]<Phase... kPhases>() { return passage_over<kPhases...>(selection, *of.topology, projection); };
    passages_over.push_back(
        {.axon = over.template operator()<Phase::kAxonB, Phase::kAxonW, Phase::kAxonA>(),
         .dendrite = over.template operator()<Phase::kCurrent, Phase::kCurrentAndActivity, Phase::kReadoutCurrent>(),
         .post =
             over.template operator()<Phase::kReadoutPost, Phase::kReadoutPostToStatic, Phase::kConstantGainPost, Phase::kPost,
                                      Phase::kOwnDecayPost, Phase::kSpikingPost, Phase::kLocalPost, Phase::kLocalErrorPost,
                                      Phase::kLocalConstantPost, Phase::kLocalConstantErrorPost, Phase::kLocalSpikingPost>(),
         .transport = over.template operator()<Phase::kTransportAToAgent, Phase::kTransportAToNeuron>(),
         .replay = over.template operator()<Phase::kReplayB, Phase::kReplayW>(),
         .post_back = over.template operator()<Phase::kPostBack, Phase::kPostBackToStatic>(),
         .end_post = over.template operator()<Phase::kLocalEndPost, Phase::kLocalSpikingEndPost>()});
  }
  // readouts sum in the order in which AXONs go: those of inputs before those of neurons
  std::stable_partition(onto_readouts.begin(), onto_readouts.end(),
                        [&](ProjectionId p) { return projection(p).source_layer == Layer::kInput; });
  for (BesideColumn<R>* column : {&from_rate.decay, &from_rate.gain, &from_rate.signal})
    column->assign(of.rate.activity.size(), R(0));
  from_readouts.decay.assign(of.readouts.output.size(), R(0));
  from_readouts.gain.assign(of.readouts.output.size(), R(1));
  from_readouts.signal.assign(of.readouts.output.size(), R(0));
  if (rule.drive != Drive::kNothing) keep_moments(by.optimizer, of);
}

template <class R>
RowsView<R> Common<R>::said_from(const Projection& of, Tick first, std::int32_t ticks) const {
  const std::int32_t m = network.inputs.size;
  if (of.source_layer == Layer::kInput)
    return {shown + std::ptrdiff_t{first.value - 1} * m + of.source_begin, ticks, of.source_size, m, 1};
  const std::int32_t row = of.target_layer == Layer::kRate ? first.value - 1 : first.value;
  return tapes.activities.rows(row, ticks, of.source_begin, of.source_size);
}

template struct Common<double>;
template struct Common<float>;

}  // namespace locus
