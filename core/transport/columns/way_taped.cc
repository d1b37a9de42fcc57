#include "core/transport/columns/way_taped.h"

#include <algorithm>

#include "core/kernel/product.h"
#include "core/kernel/sparse.h"

namespace locus {
namespace {

/// `into` (targets x sources) -= rate * left (rows x targets)^T right (rows x sources), rows being
/// ticks and lanes. Threads take chunks of sources.
template <class R>
void subtract_product(const Common<R>& common, ProjectionId p, R rate, const Tape<R>& left, std::int32_t left_row,
                      const Tape<R>& right, TapeRows right_rows, std::int32_t ticks, Column<R>& into) {
  const Projection& projection = common.projection(p);
  if (const std::int32_t silent = -right_rows.first; silent > 0) {
    left_row += silent;
    ticks -= silent;
    right_rows.first = 0;
  }
  if (ticks <= 0) return;
  constexpr std::int32_t kChunk = 128;  // sources; the same whatever the threads
  const std::int64_t work = projection.whole_size() * common.lanes * ticks;
  const bool is_cut = chunks_of(work, common.lanes, projection.all_sources(), kChunk) > 1;
  const int chunks = is_cut ? (projection.source_size + kChunk - 1) / kChunk : 1;
  const RowsView<R> said = left.rows(left_row, ticks, projection.target_begin, projection.target_size);
  common.executor(chunks, [&](int chunk) {
    const std::int32_t first = is_cut ? chunk * kChunk : 0;
    const std::int32_t width = is_cut ? std::min(kChunk, projection.source_size - first) : projection.source_size;
    const RowsView<R> heard = right.rows(right_rows.first, ticks, right_rows.begin + first, width);
    if (projection.dense) {
      subtract_outer_products(rate, said, heard, into.data() + projection.begin_of(first), projection.target_size,
                              {projection.all_targets(), is_cut ? width : projection.all_sources()});
      return;
    }
    subtract_inner_products(rate, said, heard, synapses_with(projection, into.data()), first, first + width);
  });
}

}  // namespace

template <class R>
DeferredWay<R>::DeferredWay(const Common<R>& common, ProjectionId p)
    : p_(p), delta_(static_cast<std::size_t>(common.plan_for(p).delta), R(0)) {}

template <class R>
void DeferredWay<R>::commit(const CommitTick<R>& tick) {
  Common<R>& common = tick.common;
  const Projection& projection = common.projection(p_);
  Tapes<R>& tapes = common.tapes;
  const CommitTarget<R> to = commit_target(common, p_, tick.rate, delta_);
  if (projection.target_layer == Layer::kReadout) {
    // Delta A = sum_t eps_t h_t^T, Delta D = sum_t eps_t x_t^T
    const bool from_inputs = projection.source_layer == Layer::kInput;
    const Tape<R>& sent = from_inputs ? tapes.inputs : tapes.activities;
    tapes.reported.each_run([&](std::int32_t first, std::int32_t ticks) {
      const std::int32_t row = first + (from_inputs ? 0 : 1) - projection.wait;
      subtract_product(common, p_, to.factor, tapes.epsilons, first, sent, {row, projection.source_begin}, ticks,
                       to.column);
    });
    return;
  }
  const Tape<R>& sent = projection.source_layer == Layer::kInput ? tapes.inputs : tapes.activities;
  if (common.rule.drive == Drive::kOnline) {
    return subtract_product(common, p_, to.factor, tapes.coefficients(), 0, sent,
                            {-projection.wait, projection.source_begin}, common.trial.ticks, to.column);
  }
  tapes.learnt.each_run([&](std::int32_t first, std::int32_t ticks) {
    subtract_product(common, p_, to.factor, tapes.coefficients(), first, sent,
                     {first - projection.wait, projection.source_begin}, ticks, to.column);
  });
}

template <class R>
SharedWay<R>::SharedWay(const Common<R>& common, ProjectionId p)
    : p_(p),
      decay_(trace_decay_onto(common, p)),
      leak_(leak_onto(common, p)),
      trace_(static_cast<std::size_t>(common.plan_for(p).trace), R(0)),
      traces_(common.plan_for(p).traces),
      delta_(static_cast<std::size_t>(common.plan_for(p).delta), R(0)) {}

template <class R>
void SharedWay<R>::begin_trial() {
  std::ranges::fill(trace_, R(0));
}

template <class R>
void SharedWay<R>::commit(const CommitTick<R>& tick) {
  Common<R>& common = tick.common;
  Tapes<R>& tapes = common.tapes;
  const CommitTarget<R> to = commit_target(common, p_, tick.rate, delta_);
  tapes.learnt.each_run([&](std::int32_t first, std::int32_t ticks) {
    subtract_product(common, p_, to.factor, tapes.coefficients(), first, traces_,
                     {common.trial.row_in_window(Tick{first + 1}), 0}, ticks, to.column);
  });
}

template class DeferredWay<double>;
template class DeferredWay<float>;
template class SharedWay<double>;
template class SharedWay<float>;

}  // namespace locus
