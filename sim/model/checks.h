// The checks of the parts of a Spec, one file a subject. check.h puts them together.
//
// Each looks at one part, in the knowledge that others may be wrong: what refers to a part that is
// not known (check_basics.h) is not held against it. Fields are those of a model file. Internal to
// sim/model.
#pragma once

#include <string>
#include <vector>

#include "sim/model/check.h"
#include "sim/model/check_basics.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// check.cc: all of them. Where the Spec comes from a file, the readers' faults are in the list
/// already.
void check_model(const Spec& spec, Purpose purpose, FaultList& faults);

/// What the checks of one Spec share.
struct Checking {
  const Spec& spec;
  FaultList& faults;
  SynapseBudget budget = {};
};

/// check_training.cc: numbers of the training by themselves; then what they need of the whole
/// model. `with_task`: trials come from the spec's task.
void check_training(const TrainingSpec& training, bool with_task, FaultList& faults);
void check_training_of_model(const Spec& spec, FaultList& faults);

/// check_network.cc: populations, projections, and what must hold between them. False where there
/// are too many to look at what refers to them.
bool check_network(const NetworkSpec& network, const FieldPath& where, Checking& checking);

/// Why no weights of this network, or of a feedback into it, can be aligned: "in a network of 2
/// rate populations". Empty: they can.
std::vector<std::string> obstacles_to_aligned(const NetworkSpec& network);
/// A fault for each of them; `field` is that of the aligned weights.
void tell_obstacles(const std::vector<std::string>& obstacles, const FieldPath& field, FaultList& faults);

/// check_weights.cc: weights of one projection or feedback. `where` is the field of the weights.
void check_weights(const WeightsSpec& weights, const MatrixShape& shape, const FieldPath& where, Checking& checking);

/// check_delays.cc: delays, and refractory times, in ticks of the training.
void check_delays(const Spec& spec, FaultList& faults);

/// check_task.cc.
void check_task(Checking& checking);

/// check_drawn.cc: drawn inputs and targets. `where` is the message that has the field `inputs`.
void check_drawn_inputs(const std::vector<DrawnInputSpec>& inputs, const FieldPath& where, Checking& checking);
void check_drawn(const DrawnTask& task, const FieldPath& where, Checking& checking);

/// check_rules.cc. False where there are too many of them.
bool check_rules(Checking& checking);

/// check_bases.cc.
void check_bases(Checking& checking);

/// check_chip.cc.
void check_chip(const Spec& spec, FaultList& faults);

/// check_record.cc.
void check_records(const Spec& spec, FaultList& faults);

}  // namespace locus
