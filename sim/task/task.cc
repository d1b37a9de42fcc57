#include "sim/task/task.h"

#include "sim/model/realise.h"

namespace locus {
namespace {

template <class S>
StudentTeacherSource<S> white_noise(const Spec& spec) {
  const NetworkSpec& teacher = std::get<StudentTeacherTask>(spec.task).teacher;
  return {spec.seed, Teacher<S>(teacher, teacher_weights(spec), spec.training.batch), window_of(spec.training)};
}

std::variant<RecordedSource, StudentTeacherSource<double>, StudentTeacherSource<float>> source_of(const Spec& spec) {
  if (const auto* recorded = std::get_if<RecordedTask>(&spec.task)) return RecordedSource(*recorded);
  if (spec.precision == Precision::kFloat32) return white_noise<float>(spec);
  return white_noise<double>(spec);
}

}  // namespace

Task::Task(const Spec& spec) : source_(source_of(spec)) {}

template <class R>
void Task::fill(std::int64_t update, Batch<R>& batch) {
  const std::int64_t first = update * batch.lanes;
  if (const auto* recorded = std::get_if<RecordedSource>(&source_)) {
    for (std::int32_t lane = 0; lane < batch.lanes; ++lane) recorded->fill(first + lane, lane, batch);
  } else if (auto* narrow = std::get_if<StudentTeacherSource<float>>(&source_)) {
    narrow->fill(first, batch);
  } else {
    std::get<StudentTeacherSource<double>>(source_).fill(first, batch);
  }
}

template void Task::fill(std::int64_t, Batch<double>&);
template void Task::fill(std::int64_t, Batch<float>&);

}  // namespace locus
