// Sending: as a product; and event by event, over sparse synapses with one lane, from and onto
// spiking neurons, where cost follows what is sent.
#include <algorithm>
#include <utility>

#include "core/base/count.h"
#include "core/base/product.h"
#include "core/transport/batched.h"

namespace locus {
namespace {

// messages of one lane: some ten microseconds
constexpr std::int64_t kWorthSending = std::int64_t{1} << 12;

/// A part of a source's run of synapses.
template <class R>
struct Run {
  const std::int32_t* target = nullptr;
  const R* weight = nullptr;
  std::int64_t size = 0;
};

/// Current of each target += weight * said. A spike says 1, which asks for no product. Meanwhile
/// the run that comes next, which no processor foresees, is fetched as far as this one reaches, a
/// cache line of it for each of this one.
template <class R>
void add_run(const Run<R>& run, R said, const Run<R>& next, R* current) {
  constexpr std::int64_t kLine = 64 / sizeof(R);
  for (std::int64_t first = 0; first < run.size; first += kLine) {
    if (first < next.size) {
      __builtin_prefetch(next.target + first);
      __builtin_prefetch(next.weight + first);
    }
    const std::int64_t last = std::min(first + kLine, run.size);
    if (said == R(1)) {
      for (std::int64_t k = first; k < last; ++k) current[run.target[k]] += run.weight[k];
    } else {
      for (std::int64_t k = first; k < last; ++k) current[run.target[k]] += run.weight[k] * said;
    }
  }
}

/// The same of several lanes: `from` are the source's, currents (targets x lanes).
template <class R>
void add_run_of_lanes(const Projection& projection, const R* weights, std::int32_t source, const R* from,
                      std::int32_t lanes, R* current) {
  for (std::int64_t k = projection.begin_of(source); k < projection.begin_of(source + 1); ++k) {
    R* to = current + std::ptrdiff_t{projection.target_of(k)} * lanes;
    const R weight = weights[k];
    for (std::int32_t lane = 0; lane < lanes; ++lane) to[lane] += weight * from[lane];
  }
}

}  // namespace

/// Of cells that begin at `values`, those that are not 0. Of all rate neurons' activities, and of
/// all readouts' errors, they are counted once, until these change.
template <class R>
std::int64_t Batched<R>::count_said(const R* values, std::int64_t cells) {
  const bool activities = values == network_.rate.activity.data() && cells == std::ssize(network_.rate.activity);
  const bool errors = values == network_.readouts.epsilon.data() && cells == std::ssize(network_.readouts.epsilon);
  if (!activities && !errors) return count_nonzero(values, cells);
  std::int64_t& said = activities ? rate_said_ : errors_said_;
  if (said == kUncounted) said = count_nonzero(values, cells);
  return said;
}

template <class R>
std::int64_t Batched<R>::count_sparse_axons(const Projection& projection, const R* activity) const {
  std::int64_t count = 0;
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    count += count_nonzero(activity + std::ptrdiff_t{j} * lanes_, lanes_) * projection.fan_out(j);
  }
  return count;
}

template <class R>
std::int64_t Batched<R>::count_active(const Projection& projection) const {
  std::int64_t count = 0;
  for (const std::int32_t j : active_sources(projection)) count += projection.fan_out(j - projection.source_begin);
  return count;
}

/// current (lanes x targets) += activity (lanes x sources) W^T. on(Synapse, Axon) is linear in the
/// activity.
template <class R>
void Batched<R>::send_product(const Projection& projection, const R* weight, const R* activity, R* current) {
  if (!projection.dense) {
    for (std::int32_t j = 0; j < projection.source_size; ++j) {
      const R* from = activity + std::ptrdiff_t{j} * lanes_;
      if (count_nonzero(from, lanes_) != 0) add_run_of_lanes(projection, weight, j, from, lanes_, current);
    }
    return;
  }
  // One lane's sums are the same wherever whole grains are cut off; those of several lanes where
  // the cuts are the same.
  constexpr std::int32_t kGrain = 128;  // targets
  const std::int32_t most =
      lanes_ > 1 ? kGrain : kGrain * ((projection.target_size - 1) / (kGrain * executor_.threads) + 1);
  const int chunks = chunks_of(projection.size() * lanes_, projection.target_size, most);
  if (chunks == 1) {
    const std::int32_t targets = projection.target_size;
    return add_product<R>({weight, targets, projection.source_size, targets}, activity, lanes_, current);
  }
  executor_(chunks, [&](int chunk) {
    const std::int32_t first = chunk * most;
    const std::int32_t width = std::min(most, projection.target_size - first);
    add_product<R>({weight + first, width, projection.source_size, projection.target_size}, activity, lanes_,
                   current + std::ptrdiff_t{first} * lanes_);
  });
}

/// Where the targets of each thread end in every source's run: thread c of n takes [c, c + 1) / n
/// of the projection's, or of the whole layer's neurons.
template <class R>
void Batched<R>::split_runs(const Projection& projection, const R* weight, Block& block) const {
  if (projection.dense || lanes_ > 1 || executor_.threads == 1) return;
  const bool of_layer = shared_out_ && projection.target_layer == Layer::kRate;
  if (!of_layer && projection.size() < kWorthSending) return;
  const std::int32_t all = of_layer ? network_.rate.size : projection.target_size;
  const std::int32_t begin = of_layer ? projection.target_begin : 0;
  for (std::int32_t j = 0; j < projection.source_size; ++j) {
    const auto run = projection.target.begin() + projection.begin_of(j);
    const auto end = projection.target.begin() + projection.begin_of(j + 1);
    for (int c = 1; c < executor_.threads; ++c)
      block.split.push_back(std::lower_bound(run, end, share(all, c, executor_.threads) - begin) -
                            projection.target.begin());
  }
  if (of_layer && rule(learning_.kind).drive == Drive::kNothing) copy_parts(projection, weight, block);
}

/// Where nothing changes weights, threads may have them laid out for themselves: a thread then
/// reads what stands together, and a processor that reads ahead reads what its own thread comes to
/// next.
template <class R>
void Batched<R>::copy_parts(const Projection& projection, const R* weight, Block& block) const {
  block.parts.resize(static_cast<std::size_t>(executor_.threads));
  executor_(executor_.threads, [&](int chunk) {  // each its own
    Part& part = block.parts[static_cast<std::size_t>(chunk)];
    part.offset.push_back(0);
    for (std::int32_t j = 0; j < projection.source_size; ++j) {
      const std::int64_t size = cut(projection, block, j, chunk + 1) - cut(projection, block, j, chunk);
      part.offset.push_back(part.offset.back() + size);
    }
    part.target.reserve(static_cast<std::size_t>(part.offset.back()));
    part.weight.reserve(static_cast<std::size_t>(part.offset.back()));
    for (std::int32_t j = 0; j < projection.source_size; ++j) {
      const std::int64_t first = cut(projection, block, j, chunk);
      const std::int64_t last = cut(projection, block, j, chunk + 1);
      part.target.insert(part.target.end(), projection.target.begin() + first, projection.target.begin() + last);
      part.weight.insert(part.weight.end(), weight + first, weight + last);
    }
  });
  block.split = {};
}

template <class R>
void Batched<R>::copy_weights() {
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    const Projection& projection = network_.projections()[p];
    const Column<R>& weights = network_.synapses[p].weight;
    for (std::int32_t j = 0; !blocks_[p].parts.empty() && j < projection.source_size; ++j) {
      auto weight = weights.begin() + projection.begin_of(j);
      for (Part& part : blocks_[p].parts) {  // a source's targets, thread by thread
        const std::int64_t first = part.offset[static_cast<std::size_t>(j)];
        const std::int64_t size = part.offset[static_cast<std::size_t>(j) + 1] - first;
        std::copy_n(weight, size, part.weight.begin() + first);
        weight += size;
      }
    }
  }
}

/// One lane, sparse: the synapses of every source that is not silent, source by source, onto the
/// targets of one of `chunks` threads.
template <class R>
void Batched<R>::send_to_share(const Projection& projection, const R* weight, const Block& block, int chunk, int chunks,
                               R* current) const {
  const std::span<const std::int32_t> sources = active_sources(projection);
  const R* activity = source_activity(projection) - projection.source_begin;
  const Part* part = chunks == 1 || block.parts.empty() ? nullptr : &block.parts[static_cast<std::size_t>(chunk)];
  const auto run_of = [&](std::size_t e) -> Run<R> {
    if (e == sources.size()) return {};
    const std::int32_t j = sources[e] - projection.source_begin;
    if (part != nullptr) {
      const std::int64_t first = part->offset[static_cast<std::size_t>(j)];
      return {part->target.data() + first, part->weight.data() + first,
              part->offset[static_cast<std::size_t>(j) + 1] - first};
    }
    const std::int64_t first = chunks == 1 ? projection.begin_of(j) : cut(projection, block, j, chunk);
    const std::int64_t last = chunks == 1 ? projection.begin_of(j + 1) : cut(projection, block, j, chunk + 1);
    return {projection.target.data() + first, weight + first, last - first};
  };
  Run<R> run = run_of(0);
  for (std::size_t e = 0; e < sources.size(); ++e) {
    const Run<R> next = run_of(e + 1);
    add_run(run, activity[sources[e]], next, current);
    run = next;
  }
}

/// The same onto all targets. Threads take targets, which changes no sum.
template <class R>
void Batched<R>::send_to_targets(const Projection& projection, const R* weight, const Block& block,
                                 std::int64_t messages, R* current) {
  const int chunks = block.split.empty() || messages < kWorthSending ? 1 : executor_.threads;
  executor_(chunks, [&](int chunk) { send_to_share(projection, weight, block, chunk, chunks, current); });
}

/// Sums in source order, as single messages do; four sources at a time, so that a current is loaded
/// and stored once for them. Threads take targets.
template <class R>
void Batched<R>::send_events(const Projection& projection, const R* weight, const R* activity, R* current) {
  if (lanes_ > 1 || !projection.dense) return send_product_of_active(projection, weight, activity, current);
  const std::span<const std::int32_t> active = active_sources(projection);
  const std::int32_t targets = projection.target_size;
  const auto column = [&](std::size_t e) {
    return weight + std::ptrdiff_t{active[e] - projection.source_begin} * targets;
  };
  const auto said = [&](std::size_t e) { return activity[active[e] - projection.source_begin]; };
  const int chunks = std::ssize(active) * targets < kWorthSending ? 1 : executor_.threads;
  executor_(chunks, [&](int chunk) {
    const auto first = static_cast<std::int32_t>(std::int64_t{targets} * chunk / chunks);
    const auto last = static_cast<std::int32_t>(std::int64_t{targets} * (chunk + 1) / chunks);
    std::size_t e = 0;
    for (; e + 4 <= active.size(); e += 4) {
      const R *w0 = column(e), *w1 = column(e + 1), *w2 = column(e + 2), *w3 = column(e + 3);
      const R x0 = said(e), x1 = said(e + 1), x2 = said(e + 2), x3 = said(e + 3);
#pragma GCC ivdep
      for (std::int32_t i = first; i < last; ++i)
        current[i] = (((current[i] + w0[i] * x0) + w1[i] * x1) + w2[i] * x2) + w3[i] * x3;
    }
    for (; e < active.size(); ++e) {
      const R* w = column(e);
      const R x = said(e);
#pragma GCC ivdep
      for (std::int32_t i = first; i < last; ++i) current[i] += w[i] * x;
    }
  });
}

/// With several lanes, or over sparse synapses: source by source, each that is not silent in every
/// lane.
template <class R>
void Batched<R>::send_product_of_active(const Projection& projection, const R* weight, const R* activity, R* current) {
  for (const std::int32_t source : active_sources(projection)) {
    const std::int32_t j = source - projection.source_begin;
    add_run_of_lanes(projection, weight, j, activity + std::ptrdiff_t{j} * lanes_, lanes_, current);
  }
}

template std::int64_t Batched<double>::count_said(const double*, std::int64_t);
template std::int64_t Batched<double>::count_sparse_axons(const Projection&, const double*) const;
template std::int64_t Batched<double>::count_active(const Projection&) const;
template void Batched<double>::send_product(const Projection&, const double*, const double*, double*);
template void Batched<double>::split_runs(const Projection&, const double*, Block&) const;
template void Batched<double>::copy_parts(const Projection&, const double*, Block&) const;
template void Batched<double>::copy_weights();
template void Batched<double>::send_to_share(const Projection&, const double*, const Block&, int, int, double*) const;
template void Batched<double>::send_to_targets(const Projection&, const double*, const Block&, std::int64_t, double*);
template void Batched<double>::send_events(const Projection&, const double*, const double*, double*);
template std::int64_t Batched<float>::count_said(const float*, std::int64_t);
template std::int64_t Batched<float>::count_sparse_axons(const Projection&, const float*) const;
template std::int64_t Batched<float>::count_active(const Projection&) const;
template void Batched<float>::send_product(const Projection&, const float*, const float*, float*);
template void Batched<float>::split_runs(const Projection&, const float*, Block&) const;
template void Batched<float>::copy_parts(const Projection&, const float*, Block&) const;
template void Batched<float>::copy_weights();
template void Batched<float>::send_to_share(const Projection&, const float*, const Block&, int, int, float*) const;
template void Batched<float>::send_to_targets(const Projection&, const float*, const Block&, std::int64_t, float*);
template void Batched<float>::send_events(const Projection&, const float*, const float*, float*);

}  // namespace locus
