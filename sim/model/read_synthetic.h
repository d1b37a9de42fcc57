// Tasks of the literature: their parameters, field by field, as the list of each struct names them.
#pragma once

#include <string>

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

/// "recorded, student_teacher, drawn, add, ...": the kinds of a task, in the order of the schema.
std::string task_fields();

/// The task of `message` must be one of SyntheticKind. Sets the ticks of the training, and those
/// before the answer, if `given` does not say them.
SyntheticTask read_synthetic(const v1::Task& message, const FieldPath& where, const v1::Training& given,
                             TrainingSpec& training, FaultList& faults);

/// The student and teacher that the message draws: a teacher of one population with Gaussian
/// weights, and random bits for each input population of the student.
StudentTeacherTask read_mimic(const v1::MimicTask& message, const NetworkSpec& student, const FieldPath& where,
                              const TrainingSpec& training, FaultList& faults);

}  // namespace locus
