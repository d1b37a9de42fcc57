// Outline: the model of a run without its weights and data, as much as a reader needs to name the
// run and to draw its network.
//
// Why: a result is read on its own, long after the model file is gone; the weights and the data of
// a model may be gigabytes, its outline is not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/spec.h"

namespace locus {

struct ProjectionOutline {
  std::string name;
  std::int32_t source = 0;    // index into populations
  std::int32_t target = 0;    // index into populations
  std::int64_t synapses = 0;  // that exist: rows x cols of a dense one, the entries of a sparse one
  bool plastic = true;
  double learning_rate = 0;  // eta, that of the training where the projection has none of its own
  bool has_own_rate = false;
  std::int32_t delay = 0;    // ticks
  WeightLimits limits = {};  // its own
};

struct Outline {
  std::vector<PopulationSpec> populations;     // file order
  std::vector<ProjectionOutline> projections;  // file order
  std::string task;  // "recorded", "drawn", "flip_flop" and so on, as the field of the model file
  TrainingSpec training;
  // the rules whose feedback the model gives (by modes, say) in place of drawing it, in file order
  std::vector<std::string> given_feedback;
  std::vector<RecordSpec> records;  // file order
};

Outline outline_of(const Spec& spec);

}  // namespace locus
