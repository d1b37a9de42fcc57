#include "sim/task/task.h"

#include "core/base/check.h"
#include "sim/model/realise.h"

namespace locus {
namespace {

template <class S>
StudentTeacherSource<S> taught(const Spec& spec, std::int32_t lanes) {
  const NetworkSpec& teacher = std::get<StudentTeacherTask>(spec.task).teacher;
  return StudentTeacherSource<S>(spec, Teacher<S>(teacher, teacher_weights(spec), lanes, spec.training.dt), lanes);
}

std::variant<RecordedSource, DrawnSource, StudentTeacherSource<double>, StudentTeacherSource<float>> source_of(
    const Spec& spec, std::int32_t lanes, Shown shown) {
  if (const auto* recorded = std::get_if<RecordedTask>(&spec.task))
    return RecordedSource(shown == Shown::kLearning ? recorded->trials : recorded->evaluation_trials);
  if (std::holds_alternative<DrawnTask>(spec.task)) return DrawnSource(spec, lanes);
  if (spec.precision == Precision::kFloat32) return taught<float>(spec, lanes);
  return taught<double>(spec, lanes);
}

// The number of updates and the trials of a batch are both below 2^31.
constexpr std::int64_t kFirstHeldOut = std::int64_t{1} << 62;

}  // namespace

Task::Task(const Spec& spec, std::int32_t lanes, Shown shown)
    : begin_(shown == Shown::kEvaluation && !std::holds_alternative<RecordedTask>(spec.task) ? kFirstHeldOut : 0),
      lanes_(lanes),
      source_(source_of(spec, lanes, shown)) {}

template <class R>
void Task::fill(std::int64_t update, Batch<R>& batch) {
  CHECK(batch.lanes == lanes_, "a batch has the lanes that its task was made for");
  const std::int64_t first = begin_ + update * batch.lanes;
  if (const auto* recorded = std::get_if<RecordedSource>(&source_)) {
    for (std::int32_t lane = 0; lane < batch.lanes; ++lane) recorded->fill(first + lane, lane, batch);
  } else if (auto* drawn = std::get_if<DrawnSource>(&source_)) {
    drawn->fill(first, batch);
  } else if (auto* narrow = std::get_if<StudentTeacherSource<float>>(&source_)) {
    narrow->fill(first, batch);
  } else {
    std::get<StudentTeacherSource<double>>(source_).fill(first, batch);
  }
}

template void Task::fill(std::int64_t, Batch<double>&);
template void Task::fill(std::int64_t, Batch<float>&);

}  // namespace locus
