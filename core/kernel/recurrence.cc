#include "core/kernel/recurrence.h"

#include "core/actor/rate_neuron.h"
#include "core/kernel/product_lane.h"
#include "core/kernel/registers.h"

namespace locus {
namespace {

template <class Phi, class R>
void advance_as(const Recurrence<R>& recurrence, RecurrentRows<R> rows, std::int32_t ticks) {
  const WeightsView<R> w = recurrence.w;
  const std::ptrdiff_t n = w.targets;
  const Step<R> clock{recurrence.leak};
  for (std::int32_t row = 0; row < ticks; ++row) {
    by_registers<R, 8, 4, 1>(0, n, [&]<class Lane, std::size_t kRegisters>(std::ptrdiff_t first) {
      constexpr std::size_t kCells = kRegisters * Lane::kLanes;
      using Run = Cells<R, kCells>;
      auto u = Run::of(sum_targets<Lane, kRegisters>(w, rows.before, first, rows.current + first));
      auto h = Run::load(rows.before + first);
      Run gain, unused;
      for (std::size_t k = 0; k < kCells; ++k)
        step<Phi>(RateNeuron<R>{u[k], h[k], gain[k], unused[k], unused[k]}, clock);
      h.store(rows.activity + first);
      if (rows.gain != nullptr) gain.store(rows.gain + first);
      if (rows.decay == nullptr) return;
      auto weight = Run::load(recurrence.own_weight + first);
      for (std::size_t k = 0; k < kCells; ++k)
        u[k] = own_decay(RateNeuron<R>{u[k], h[k], gain[k], unused[k], weight[k]}, clock);
      u.store(rows.decay + first);
    });
    rows.current += n;
    rows.before = rows.activity;
    rows.activity += n;
    if (rows.gain != nullptr && !rows.one_gain) rows.gain += n;
    if (rows.decay != nullptr && !rows.one_decay) rows.decay += n;
  }
}

}  // namespace

template <class R>
void advance(const Recurrence<R>& recurrence, RecurrentRows<R> rows, std::int32_t ticks) {
  dispatch(recurrence.activation, [&]<class Phi>(Phi) { advance_as<Phi>(recurrence, rows, ticks); });
}

template void advance(const Recurrence<double>&, RecurrentRows<double>, std::int32_t);
template void advance(const Recurrence<float>&, RecurrentRows<float>, std::int32_t);

}  // namespace locus
