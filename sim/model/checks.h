// The checks of the parts of a Spec, one file for each subject. check.h combines them.
//
// Each checks one part and allows that other parts are wrong: a reference to a part that is not
// known (check_basics.h) gives no fault. Fields are those of a model file. Internal to sim/model.
#pragma once

#include <string>
#include <vector>

#include "sim/model/check.h"
#include "sim/model/check_basics.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// check.cc: all of them. If the Spec comes from a file, the list already contains the faults of
/// the readers.
void check_model(const Spec& spec, Purpose purpose, FaultList& faults);

/// The common data of the checks of one Spec.
struct Checking {
  const Spec& spec;
  FaultList& faults;
  SynapseBudget budget = {};
};

/// check_training.cc: the numbers of the training alone, and then together with the whole model.
/// `with_task`: trials come from the task of the Spec.
void check_training(const TrainingSpec& training, bool with_task, FaultList& faults);
void check_training_of_model(const Spec& spec, FaultList& faults);

/// check_training.cc: an optimizer with its bounds of changes at the fields `optimizer` and `clip`
/// of `where`, and a schedule.
void check_optimizer(const Optimizer& optimizer, const FieldPath& where, FaultList& faults);
void check_schedule(const ScheduleSpec& schedule, const FieldPath& where, FaultList& faults);

/// check_narrow.cc: wires and synapses of few bits, after everything else is read.
void check_narrow(const Spec& spec, FaultList& faults);

/// check_limits.cc: sign, bounds and decay of one projection, and the signs of its first weights.
void check_limits(const ProjectionSpec& projection, const FieldPath& where, FaultList& faults);
/// check_limits.cc: bounds of an optimizer and of projections leave room for weights. `whose` ends
/// the sentence: under which rule; empty: under the training.
void check_room(const NetworkSpec& network, const Optimizer& optimizer, const std::string& whose, FaultList& faults);

/// check_network.cc: populations, projections, and conditions between them. Returns false if there
/// are too many for checks of their references.
bool check_network(const NetworkSpec& network, const FieldPath& where, Checking& checking);

/// check_integer.cc: voltages of whole numbers; `where` is the field `lif`.
void check_integer(const LifSpec& lif, const FieldPath& where, FaultList& faults);

/// The reasons why no weights of this network, or of a feedback into it, can be aligned: "in a
/// network of 2 rate populations". Empty if they can.
std::vector<std::string> obstacles_to_aligned(const NetworkSpec& network);
/// Adds a fault for each of them; `field` is that of the aligned weights.
void tell_obstacles(const std::vector<std::string>& obstacles, const FieldPath& field, FaultList& faults);

/// check_weights.cc: the weights of one projection or feedback at the field `where`.
void check_weights(const WeightsSpec& weights, const MatrixShape& shape, const FieldPath& where, Checking& checking);

/// check_delays.cc: delays, and refractory times, in ticks of the training.
void check_delays(const Spec& spec, FaultList& faults);

/// check_task.cc.
void check_task(Checking& checking);

/// check_drawn.cc: drawn inputs and targets. `where` is the message with the field `inputs`.
void check_drawn_inputs(const std::vector<DrawnInputSpec>& inputs, const FieldPath& where, Checking& checking);
void check_drawn(const DrawnTask& task, const FieldPath& where, Checking& checking);

/// check_synthetic.cc: the parameters of a task, and the network that it asks for. `root` is the
/// task.
void check_synthetic(const SyntheticTask& task, const FieldPath& root, Checking& checking);
bool check_fields(const MimicTask& task, const FieldPath& where, FaultList& faults);

/// check_rules.cc. Returns false if there are too many rules.
bool check_rules(Checking& checking);
/// The text of a rule that the model writes itself; where: its field `local`.
void check_local(const RuleSpec& rule, const NetworkSpec& network, const FieldPath& where, FaultList& faults);

/// check_bases.cc.
void check_bases(Checking& checking);

/// check_chip.cc.
void check_chip(const Spec& spec, FaultList& faults);

/// check_record.cc.
void check_records(const Spec& spec, FaultList& faults);

/// check_compare.cc; check_rules checks the rules themselves.
void check_compare(const Spec& spec, FaultList& faults);

}  // namespace locus
