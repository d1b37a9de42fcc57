#include "sim/run/trace.h"

#include "core/actor/network.h"

namespace locus {

template <class R>
TracedEnd traced_end(const Network<R>& network, const Endpoint& end) {
  if (end.party != Party::kSynapse) return {end.party, 0, static_cast<std::int32_t>(end.index), 0};
  const Projection& projection = network.wires(ProjectionId{end.projection});
  return {Party::kSynapse, end.projection, projection.target_begin + projection.target_of(end.index),
          projection.source_begin + projection.source_of(end.index)};
}

template <class R>
Watcher make_tracer(const TraceRequest& request, std::int32_t ticks, const Network<R>& network, const Door& door,
                    Trace& trace) {
  return [=, &network, &door, &trace](const Passing& passing) {
    const std::int64_t update = door.ledger().trials() / network.lanes;
    const std::int64_t tick = update * ticks + passing.tick.value;
    if (tick < request.first_tick || tick > request.last_tick) return;
    if (std::ssize(trace.messages) >= request.limit) {
      if (trace.left_out++ == 0) trace.left_out_from = tick;
      return;
    }
    trace.messages.push_back(
        {tick, passing, traced_end(network, passing.ends.sender), traced_end(network, passing.ends.receiver)});
  };
}

template TracedEnd traced_end(const Network<double>&, const Endpoint&);
template TracedEnd traced_end(const Network<float>&, const Endpoint&);
template Watcher make_tracer(const TraceRequest&, std::int32_t, const Network<double>&, const Door&, Trace&);
template Watcher make_tracer(const TraceRequest&, std::int32_t, const Network<float>&, const Door&, Trace&);

}  // namespace locus
