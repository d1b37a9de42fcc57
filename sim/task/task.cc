#include "sim/task/task.h"

#include <optional>
#include <type_traits>

#include "core/base/check.h"
#include "sim/model/network_size.h"
#include "sim/model/realise.h"

namespace locus {
namespace {

template <class S>
StudentTeacherSource<S> taught(const Spec& spec, std::int32_t lanes) {
  const NetworkSpec& teacher = std::get<StudentTeacherTask>(spec.task).teacher;
  return StudentTeacherSource<S>(spec, Teacher<S>(teacher, teacher_weights(spec), lanes, spec.training.dt), lanes);
}

/// True if trials are functions of their numbers.
bool draws_trials(const TaskSpec& task) {
  return !std::holds_alternative<RecordedTask>(task) && !std::holds_alternative<SuppliedTask>(task);
}

TaskSource source_of(const Spec& spec, std::int32_t lanes, Shown shown) {
  if (const auto* recorded = std::get_if<RecordedTask>(&spec.task)) {
    const bool learning = shown == Shown::kLearning;
    return RecordedSource(learning ? recorded->trials : recorded->evaluation_trials, spec.training,
                          input_columns(spec.network), lanes,
                          learning && recorded->shuffle ? std::optional(spec.seed) : std::nullopt);
  }
  if (std::holds_alternative<DrawnTask>(spec.task)) return DrawnSource(spec, lanes);
  if (std::holds_alternative<SyntheticTask>(spec.task)) return SyntheticSource(spec);
  if (const auto* supplied = std::get_if<SuppliedTask>(&spec.task)) {
    const Supply& fill = shown == Shown::kLearning ? supplied->fill : supplied->fill_held_out;
    return SuppliedSource(fill, *supplied, spec, lanes);
  }
  if (spec.precision == Precision::kFloat32) return taught<float>(spec, lanes);
  return taught<double>(spec, lanes);
}

}  // namespace

bool shows_tick_by_tick(const Spec& spec, std::int32_t lanes) {
  constexpr double kMostAtOnce = 64e6;
  if (std::holds_alternative<StudentTeacherTask>(spec.task)) return false;
  if (std::holds_alternative<SyntheticTask>(spec.task)) return false;
  if (std::holds_alternative<SuppliedTask>(spec.task)) return false;
  const double cells = static_cast<double>(spec.training.ticks) * lanes *
                       static_cast<double>(neurons(spec.network, PopulationKind::kInput));
  return cells * scalar_bytes(spec.precision) > kMostAtOnce;
}

/// The inputs of a batch: all of the layer, with the 1 that biases multiply.
static std::int32_t cells_of_inputs(const NetworkSpec& network) {
  std::int32_t cells = 0;
  for (const PopulationSpec& population : network.populations)
    cells += population.kind == PopulationKind::kInput ? population.size : 0;
  return cells;
}

Task::Task(const Spec& spec, std::int32_t lanes, Shown shown)
    : begin_(shown == Shown::kEvaluation && draws_trials(spec.task) ? kFirstHeldOut : 0),
      noise_begin_(shown == Shown::kEvaluation ? kFirstHeldOut : 0),
      constants_(constant_inputs(spec.network)),
      ticks_(spec.training.ticks),
      inputs_(cells_of_inputs(spec.network)),
      readouts_(static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout))),
      lanes_(lanes),
      has_classes_(has_classes(spec.task, neurons(spec.network, PopulationKind::kReadout))),
      source_(source_of(spec, lanes, shown)) {}

template <class R>
void Task::fill(std::int64_t update, Batch<R>& batch) {
  CHECK(batch.lanes == lanes_, "a batch has the lanes that its task was made for");
  CHECK(batch.ticks == ticks_ && batch.inputs == inputs_ && batch.readouts == readouts_,
        "a batch has the ticks, inputs and readouts of the model of its task");
  const std::int64_t first = begin_ + update * batch.lanes;
  batch.first_trial = noise_begin_ + update * batch.lanes;
  CHECK(batch.source == nullptr || batch.source == this, "a batch is filled by the source of its inputs");
  std::visit(
      [&](auto& source) { fill_batch<std::remove_reference_t<decltype(source)>, R>(source, first, constants_, batch); },
      source_);
}

template <class R>
void Task::prepare(Batch<R>& batch) const {
  BatchColumns columns{.labels = has_classes_};
  if (const auto* recorded = std::get_if<RecordedSource>(&source_)) {
    columns = recorded->columns();
  } else if (const auto* supplied = std::get_if<SuppliedSource>(&source_)) {
    columns.late = supplied->is_uneven();
    columns.weights = supplied->has_weights();
    columns.rewards = supplied->has_rewards();
  }
  give_columns(columns, batch);
}

template <class R>
void Task::show(std::int32_t tick, R* values) {
  if (auto* recorded = std::get_if<RecordedSource>(&source_)) {
    recorded->show(tick, values);
    return recorded->hold_back<R>(constants_, tick, values);
  }
  auto* const drawn = std::get_if<DrawnSource>(&source_);
  CHECK(drawn != nullptr, "a teacher hears runs of ticks together");
  drawn->show(tick, values);
}

template void Task::fill(std::int64_t, Batch<double>&);
template void Task::fill(std::int64_t, Batch<float>&);
template void Task::prepare(Batch<double>&) const;
template void Task::prepare(Batch<float>&) const;
template void Task::show(std::int32_t, double*);
template void Task::show(std::int32_t, float*);

}  // namespace locus
