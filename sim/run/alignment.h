// Comparisons of the changes of rules along a run, as plain values (comparator.h measures them).
//
// A comparison has one Alignment for each pair of compared rules, over all plastic synapses and for
// each plastic projection alone; a Scatter for each rule if it has several batches; a Curvature if
// the model asks for one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace locus {

/// The change of `rule` beside that of `with`; a value is missing where a change is 0 or not
/// finite.
struct Alignment {
  std::int64_t update = 0;               // updates made before
  std::string rule;                      // RuleSpec::name
  std::string with;                      // the same; the exact gradient, or an earlier rule
  std::string projection;                // empty: all plastic synapses
  std::optional<double> cosine;          // -1 .. 1 [1]
  std::optional<double> norm_ratio;      // of `rule` over `with` [1]
  std::optional<double> sign_agreement;  // of synapses where neither is 0, 0 .. 1 [1]
  friend bool operator==(const Alignment&, const Alignment&) = default;
};

/// Bias and noise of a rule's change over batches, relative to the norm of the mean exact gradient.
struct Scatter {
  std::int64_t update = 0;      // updates made before
  std::string rule;             // RuleSpec::name
  std::string projection;       // empty: all plastic synapses
  std::optional<double> bias;   // |mean change - mean gradient| [1]
  std::optional<double> noise;  // root of the summed variance from batch to batch [1]
  friend bool operator==(const Scatter&, const Scatter&) = default;
};

/// The largest eigenvalue of the Hessian of the mean loss over the plastic weights.
struct Curvature {
  std::int64_t update = 0;        // updates made before
  double largest_eigenvalue = 0;  // [1]
  double residual = 0;            // |H v - eigenvalue v| / |eigenvalue| of its unit vector v [1]
  std::int32_t products = 0;      // with the Hessian
  friend bool operator==(const Curvature&, const Curvature&) = default;
};

/// All comparisons of a run, in order.
struct Comparisons {
  std::vector<Alignment> alignment;
  std::vector<Scatter> scatter;
  std::vector<Curvature> curvature;

  bool empty() const { return alignment.empty() && scatter.empty() && curvature.empty(); }
  friend bool operator==(const Comparisons&, const Comparisons&) = default;
};

}  // namespace locus
