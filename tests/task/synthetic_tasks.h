// Small tasks of the literature for tests, and their trials as matrices.
#pragma once

#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

/// A network of one population of each kind that fits the task, with one rate neuron that is always
/// 1: its weights to the readouts are their outputs. `ticks`: 0 for the task's own.
Spec synthetic_spec(SyntheticKind kind, std::int32_t readouts, std::int32_t ticks = 0);

struct NamedTask {
  std::string name;
  SyntheticKind kind;
  std::int32_t readouts = 1;
  std::int32_t ticks = 0;
};
/// One small form of every task, two of those that have several forms of targets.
std::vector<NamedTask> every_task();

/// One trial.
struct ShownTrial {
  std::int32_t ticks = 0;
  std::int32_t inputs = 0;
  std::int32_t readouts = 0;
  std::vector<double> input;   // (T x m)
  std::vector<double> target;  // (T x o)
  double x(int tick, int i) const { return input.at(static_cast<std::size_t>((tick - 1) * inputs + i)); }
  double y(int tick, int k) const { return target.at(static_cast<std::size_t>((tick - 1) * readouts + k)); }
};
ShownTrial shown_trial(const Spec& spec, std::int64_t trial);

/// The target is that of a class from tick `first` on, and 0 before.
void expect_choice(const ShownTrial& shown, int chosen, int first);

}  // namespace locus
