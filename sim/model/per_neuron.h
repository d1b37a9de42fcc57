// PerNeuron: a constant of a population's neurons: one number for all of them, or one for each.
//
// It converts from a number, so that a model made in code reads as one of equal neurons. Cost: a
// list of one number, or of as many as the population has neurons.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <vector>

namespace locus {

struct PerNeuron {
  std::vector<double> values;  // 1 for all neurons, or one for each (size)

  PerNeuron(double all) : values{all} {}  // NOLINT: a number is meant to be taken for one
  PerNeuron(std::vector<double> each) : values(std::move(each)) {}
  PerNeuron(std::initializer_list<double> each) : values(each) {}

  /// The number of a neuron of the population; the list is not empty.
  double of(std::size_t neuron) const { return values.size() == 1 ? values.front() : values[neuron]; }
  double first() const { return values.front(); }
  /// True if some neurons differ.
  bool varies() const {
    return std::ranges::any_of(values, [&](double value) { return value != values.front(); });
  }
  bool any_positive() const {
    return std::ranges::any_of(values, [](double value) { return value > 0; });
  }
  friend bool operator==(const PerNeuron&, const PerNeuron&) = default;
};

}  // namespace locus
