// The greedy placement: growth, then exchange of places (Kernighan & Lin 1970, with single
// exchanges in a fixed order).
//
// The attraction between two neurons is the number of synapses of W and A between them in either
// direction. Dense projections are ranges, so that their synapses are never listed.
#include <algorithm>

#include "sim/place/placement.h"

namespace locus {
namespace {

constexpr int kMostPasses = 8;
// pairs in one pass; with more than about 10,000 neurons there is only the growth
constexpr std::int64_t kMostPairs = 50'000'000;

/// A dense projection between neurons on cores, by their numbers.
struct DenseBlock {
  std::int32_t source_begin;
  std::int32_t source_end;
  std::int32_t target_begin;
  std::int32_t target_end;

  bool has_source(std::int32_t k) const { return k >= source_begin && k < source_end; }
  bool has_target(std::int32_t k) const { return k >= target_begin && k < target_end; }
};

class Neighbours {
 public:
  explicit Neighbours(const Topology& topology) : neurons_(topology.sizes.rate_neurons + topology.sizes.readouts) {
    begin_.assign(static_cast<std::size_t>(neurons_) + 1, 0);
    each_sparse(topology, [&](std::size_t a, std::size_t b) { ++begin_[a + 1], ++begin_[b + 1]; });
    for (std::size_t k = 1; k < begin_.size(); ++k) begin_[k] += begin_[k - 1];
    other_.resize(begin_.back());
    std::vector<std::size_t> next(begin_.begin(), begin_.end() - 1);
    each_sparse(topology, [&](std::size_t a, std::size_t b) {
      other_[next[a]++] = static_cast<std::int32_t>(b);
      other_[next[b]++] = static_cast<std::int32_t>(a);
    });
    for (const Projection& projection : topology.projections) {
      if (!projection.dense || projection.source_layer == Layer::kInput) continue;
      const std::int32_t source = number_of(topology, projection.source_layer, projection.source_begin);
      const std::int32_t target = number_of(topology, projection.target_layer, projection.target_begin);
      dense_.push_back({source, source + projection.source_size, target, target + projection.target_size});
    }
  }

  std::int32_t neurons() const { return neurons_; }

  /// Calls visit(other) for each synapse between this neuron and another (or itself).
  template <class Visit>
  void each(std::int32_t neuron, Visit visit) const {
    const auto own = static_cast<std::size_t>(neuron);
    for (std::size_t k = begin_[own]; k < begin_[own + 1]; ++k) visit(other_[k]);
    for (const DenseBlock& block : dense_) {
      for (std::int32_t k = block.target_begin; block.has_source(neuron) && k < block.target_end; ++k) visit(k);
      for (std::int32_t k = block.source_begin; block.has_target(neuron) && k < block.source_end; ++k) visit(k);
    }
  }

  /// The number of synapses between two neurons.
  std::int64_t between(std::int32_t a, std::int32_t b) const {
    const auto own = static_cast<std::size_t>(a);
    std::int64_t count = std::count(other_.begin() + static_cast<std::ptrdiff_t>(begin_[own]),
                                    other_.begin() + static_cast<std::ptrdiff_t>(begin_[own + 1]), b);
    for (const DenseBlock& block : dense_) {
      count += block.has_source(a) && block.has_target(b) ? 1 : 0;
      count += block.has_source(b) && block.has_target(a) ? 1 : 0;
    }
    return count;
  }

 private:
  template <class Visit>
  static void each_sparse(const Topology& topology, Visit visit) {
    for (const Projection& projection : topology.projections) {
      if (projection.dense || projection.source_layer == Layer::kInput) continue;
      projection.each([&](std::int32_t source, std::int32_t target) {
        visit(static_cast<std::size_t>(number_of(topology, projection.source_layer, source)),
              static_cast<std::size_t>(number_of(topology, projection.target_layer, target)));
      });
    }
  }

  std::int32_t neurons_;
  std::vector<std::size_t> begin_;   // (neurons + 1) of other_
  std::vector<std::int32_t> other_;  // far ends of sparse synapses, in both directions
  std::vector<DenseBlock> dense_;
};

std::vector<std::int32_t> grow(const Neighbours& links, std::int32_t neurons_per_core) {
  constexpr std::int64_t kPlaced = -1;
  std::vector<std::int32_t> core_of(static_cast<std::size_t>(links.neurons()), 0);
  std::vector<std::int64_t> pull(core_of.size(), 0);  // synapses with the present core, or kPlaced
  for (std::int32_t count = 0; count < links.neurons(); ++count) {
    if (count % neurons_per_core == 0) {  // an empty core attracts no neuron
      for (std::int64_t& own : pull) own = std::min<std::int64_t>(own, 0);
    }
    const auto next = static_cast<std::int32_t>(std::ranges::max_element(pull) - pull.begin());
    core_of[static_cast<std::size_t>(next)] = count / neurons_per_core;
    pull[static_cast<std::size_t>(next)] = kPlaced;
    links.each(next, [&](std::int32_t other) {
      std::int64_t& own = pull[static_cast<std::size_t>(other)];
      if (own != kPlaced) ++own;
    });
  }
  return core_of;
}

/// Exchanges neurons as long as this cuts fewer synapses.
class Exchange {
 public:
  Exchange(const Neighbours& links, std::vector<std::int32_t>& core_of)
      : links_(links), core_of_(core_of), cores_(static_cast<std::size_t>(*std::ranges::max_element(core_of)) + 1) {
    near_.assign(core_of.size() * cores_, 0);
    for (std::int32_t a = 0; a < links.neurons(); ++a) move(a, core_of[static_cast<std::size_t>(a)], 1);
  }

  /// Does one pass over all pairs; returns true if any was exchanged.
  bool pass() {
    bool changed = false;
    for (std::int32_t a = 0; a < links_.neurons(); ++a) {
      for (std::int32_t b = a + 1; b < links_.neurons(); ++b) changed = exchange(a, b) || changed;
    }
    return changed;
  }

 private:
  std::int64_t& near(std::int32_t neuron, std::int32_t core) {
    return near_[static_cast<std::size_t>(neuron) * cores_ + static_cast<std::size_t>(core)];
  }
  /// Adds a neuron to a core (1) or removes it (-1) in the counts of its neighbours.
  void move(std::int32_t neuron, std::int32_t core, std::int64_t sign) {
    links_.each(neuron, [&](std::int32_t other) {
      if (other != neuron) near(other, core) += sign;
    });
  }

  bool exchange(std::int32_t a, std::int32_t b) {
    std::int32_t& at_a = core_of_[static_cast<std::size_t>(a)];
    std::int32_t& at_b = core_of_[static_cast<std::size_t>(b)];
    if (at_a == at_b) return false;
    const std::int64_t gain = near(a, at_b) - near(a, at_a) + near(b, at_a) - near(b, at_b);
    if (gain <= 0 || gain - 2 * links_.between(a, b) <= 0) return false;
    move(a, at_a, -1);
    move(b, at_b, -1);
    std::swap(at_a, at_b);
    move(a, at_a, 1);
    move(b, at_b, 1);
    return true;
  }

  const Neighbours& links_;
  std::vector<std::int32_t>& core_of_;
  std::size_t cores_;
  // synapses between a neuron and those on a core (neurons x cores)
  std::vector<std::int64_t> near_;
};

}  // namespace

std::vector<std::int32_t> place_greedy(const Topology& topology, std::int32_t neurons_per_core) {
  const Neighbours links(topology);
  std::vector<std::int32_t> core_of = grow(links, neurons_per_core);
  std::vector<std::int32_t> blocks = place_block(links.neurons(), neurons_per_core);
  if (cut_synapses(topology, blocks) <= cut_synapses(topology, core_of)) core_of = std::move(blocks);
  if (std::int64_t{links.neurons()} * links.neurons() / 2 > kMostPairs) return core_of;
  Exchange exchange(links, core_of);
  for (int pass = 0; pass < kMostPasses && exchange.pass();) ++pass;
  return core_of;
}

}  // namespace locus
