// SensitivityPattern: the sensitivities that each rate neuron keeps under RTRL, and the synapses of
// W that carry them.
//
// Exact RTRL keeps at every neuron k its sensitivity to every plastic synapse (i, j) onto a rate
// neuron i, and every synapse of W carries all of them (INFLUENCE). Its restrictions keep those to
// the synapses onto a set K_k of neurons i (the posts), and send them over a set E of the synapses
// of W. K and E are this value. It follows from the topology and the rule alone, and all who store,
// send, count or place sensitivities read it: core/nonlocal/sensitivities.h, the closed forms, the
// memory estimate, the places that messages reach (sim/place/reach.h).
// Neurons with the same posts are one group, so that blocks of neurons cost one list.
// Cost: reach n: n - 1 passes over W with a bit for each pair of neurons; otherwise O(neurons +
// synapses of W). Memory: 4 bytes a post of each group, a byte a synapse of W under `paths`.
// Invariants: k is one of its own posts; posts ascend; sparse projections need their lists.
// Sources: Menick et al., ICLR 2021 (reach); Zenke & Neftci, Proc. IEEE 2021 (blocks);
// arXiv:2603.15195 (drawn paths).
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/protocol/learning.h"
#include "core/wire/payload.h"
#include "core/wire/topology.h"

namespace locus {

class SensitivityPattern {
 public:
  /// `learning` is of a rule that carries sensitivities.
  SensitivityPattern(const Topology& topology, const Learning& learning);

  /// False under exact RTRL: all neurons keep all, and all synapses of W carry it.
  bool restricted() const { return restricted_; }
  /// K_k, the posts of a rate neuron.
  std::span<const std::int32_t> posts(std::int32_t neuron) const { return lists_[group_of(neuron)].posts; }
  /// The number of plastic synapses onto a rate neuron, biases included.
  std::int64_t fan(std::int32_t post) const { return fans_[static_cast<std::size_t>(post)]; }
  /// The number of sensitivities that a rate neuron keeps: the sum of fan over its posts.
  std::int64_t scalars(std::int32_t neuron) const { return lists_[group_of(neuron)].scalars; }
  /// The number of neurons that keep the sensitivities to the synapses onto `post`, with itself.
  std::int64_t keepers(std::int32_t post) const { return keepers_[static_cast<std::size_t>(post)]; }
  /// True if both neurons have the same posts.
  bool same_posts(std::int32_t a, std::int32_t b) const { return group_of(a) == group_of(b); }

  /// The number of posts in the lists of all groups.
  std::int64_t listed_posts() const;

  /// Calls visit(run) for each run of sensitivities that both neurons keep.
  template <class Visit>
  void each_shared(std::int32_t source, std::int32_t target, Visit visit) const;
  /// The number of sensitivities that both neurons keep.
  std::int64_t shared(std::int32_t source, std::int32_t target) const;

  /// Calls visit(projection, synapse, source, target) for each synapse of E, projection by
  /// projection. Those whose ends share nothing carry nothing; a restricted rule leaves them out.
  template <class Visit>
  void each_carrier(const Topology& topology, Visit visit) const;

 private:
  struct List {
    std::vector<std::int32_t> posts;
    std::int64_t scalars = 0;
  };

  std::size_t group_of(std::int32_t neuron) const {
    return groups_.empty() ? 0 : groups_[static_cast<std::size_t>(neuron)];
  }
  void keep_all(std::int32_t neurons);
  void keep_cores(std::vector<std::int32_t> cores);
  void keep_reach(const Topology& topology, std::int32_t reach);
  void draw_paths(const Topology& topology, const Restriction& restriction);

  bool restricted_;
  std::vector<std::int64_t> fans_;     // (n)
  std::vector<std::int64_t> keepers_;  // (n)
  std::vector<List> lists_;            // by group
  std::vector<std::uint32_t> groups_;  // by neuron (n); empty: all are of group 0
  std::vector<std::int32_t> cores_;    // by neuron; only within cores
  // by projection and synapse: 1 if it is drawn or an autapse; only under `paths`
  std::vector<std::vector<std::uint8_t>> drawn_;
};

/// Counts of messages and scalars that follow from a pattern.
struct SensitivityCounts {
  std::int64_t influences = 0;         // INFLUENCE in each tick but the first
  std::int64_t influence_scalars = 0;  // their scalars
  std::int64_t gathers = 0;            // GATHER in each tick with an error
  std::int64_t kept = 0;               // sensitivities of all neurons
  std::int64_t runs = 0;               // SharedRun of carriers whose ends keep different ones
  std::int64_t posts = 0;              // in the lists of all groups; 0 under exact RTRL
};

/// Under exact RTRL O(projections), and no projection needs its list.
SensitivityCounts sensitivity_counts(const Topology& topology, const Learning& learning);

template <class Visit>
void SensitivityPattern::each_shared(std::int32_t source, std::int32_t target, Visit visit) const {
  if (same_posts(source, target)) {
    if (scalars(source) > 0) visit(SharedRun{0, 0, static_cast<std::int32_t>(scalars(source))});
    return;
  }
  const std::span<const std::int32_t> of_source = posts(source);
  const std::span<const std::int32_t> of_target = posts(target);
  SharedRun run{0, 0, 0};
  std::int32_t from = 0;
  std::int32_t to = 0;
  for (std::size_t s = 0, t = 0; s < of_source.size() && t < of_target.size();) {
    const auto skipped = static_cast<std::int32_t>(fan(std::min(of_source[s], of_target[t])));
    if (of_source[s] == of_target[t]) {
      if (from != run.from + run.size || to != run.to + run.size) {
        if (run.size > 0) visit(run);
        run = {from, to, 0};
      }
      run.size += skipped;
      from += skipped;
      to += skipped;
      ++s;
      ++t;
    } else if (of_source[s] < of_target[t]) {
      from += skipped;
      ++s;
    } else {
      to += skipped;
      ++t;
    }
  }
  if (run.size > 0) visit(run);
}

template <class Visit>
void SensitivityPattern::each_carrier(const Topology& topology, Visit visit) const {
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    if (projection.source_layer != Layer::kRate || projection.target_layer != Layer::kRate) continue;
    std::int64_t synapse = -1;
    projection.each([&](std::int32_t source, std::int32_t target) {
      ++synapse;
      if (!drawn_.empty() && drawn_[p][static_cast<std::size_t>(synapse)] == 0) return;
      if (!cores_.empty() && cores_[static_cast<std::size_t>(source)] != cores_[static_cast<std::size_t>(target)])
        return;
      if (restricted_ && shared(source, target) == 0) return;
      visit(ProjectionId{static_cast<std::int32_t>(p)}, SynapseId{synapse}, source, target);
    });
  }
}

}  // namespace locus
