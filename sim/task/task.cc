#include "sim/task/task.h"

#include "sim/model/realise.h"

namespace locus {
namespace {

std::variant<RecordedSource, StudentTeacherSource> source_of(const Spec& spec) {
  if (const auto* recorded = std::get_if<RecordedTask>(&spec.task)) return RecordedSource(*recorded);
  const NetworkSpec& teacher = std::get<StudentTeacherTask>(spec.task).teacher;
  return StudentTeacherSource(spec.seed, Teacher(teacher, teacher_weights(spec), spec.training.batch),
                              spec.training.loss == Loss::kSequence);
}

}  // namespace

Task::Task(const Spec& spec) : source_(source_of(spec)) {}

template <class R>
void Task::fill(std::int64_t update, Batch<R>& batch) {
  const std::int64_t first = update * batch.lanes;
  if (auto* noise = std::get_if<StudentTeacherSource>(&source_)) {
    noise->fill(first, batch);
    return;
  }
  const RecordedSource& recorded = std::get<RecordedSource>(source_);
  for (std::int32_t lane = 0; lane < batch.lanes; ++lane) recorded.fill(first + lane, lane, batch);
}

template void Task::fill(std::int64_t, Batch<double>&);
template void Task::fill(std::int64_t, Batch<float>&);

}  // namespace locus
