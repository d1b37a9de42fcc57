// The student and teacher of a mimic: a drawn network to imitate (Marschall, Cho, Savin, JMLR
// 2020;21(135)).
#pragma once

#include "sim/model/spec.h"

namespace locus {

/// The teacher has populations in, rec and out with the student's numbers of inputs and readouts,
/// and Gaussian weights of standard deviation 1 / sqrt(inputs), gain / sqrt(size) and 1 /
/// sqrt(size). Each input of the student is 1 with the task's probability in each tick, and 0
/// otherwise. dt: ms of a tick.
StudentTeacherTask teacher_of(const MimicTask& task, const NetworkSpec& student, double dt);

}  // namespace locus
