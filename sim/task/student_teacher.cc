#include "sim/task/student_teacher.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>
#include <variant>

namespace locus {
namespace {

// the least number of ticks that a teacher of one lane gets at once
constexpr std::int32_t kRun = 32;

}  // namespace

template <class S>
StudentTeacherSource<S>::StudentTeacherSource(const Spec& spec, Teacher<S> teacher, std::int32_t lanes)
    : key_(random_key(spec.seed, "input")),
      teacher_(std::move(teacher)),
      window_(window_of(spec.training)),
      trials_(static_cast<std::size_t>(lanes)) {
  const std::vector<DrawnInputSpec>& inputs = std::get<StudentTeacherTask>(spec.task).inputs;
  if (!inputs.empty()) inputs_.emplace(spec.seed, inputs, spec.network, spec.training.dt);
}

template <class S>
void StudentTeacherSource<S>::draw(std::int32_t first, std::int32_t ticks, S* values) {
  const auto inputs = static_cast<std::size_t>(teacher_.inputs());
  if (!inputs_) {
    return fill_normal_lanes(key_, static_cast<std::uint64_t>(trials_.front()), static_cast<std::uint64_t>(first),
                             static_cast<std::size_t>(ticks), inputs, trials_.size(), values);
  }
  for (std::int32_t tick = first; tick < first + ticks; ++tick, values += inputs * trials_.size())
    inputs_->template fill<S>(trials_, tick, values);
}

template <class S>
template <class R>
void StudentTeacherSource<S>::fill(std::int64_t first_trial, Batch<R>& batch) {
  const auto inputs = static_cast<std::size_t>(batch.inputs);
  const auto lanes = static_cast<std::size_t>(batch.lanes);
  const std::int32_t run = batch.lanes == 1 ? std::max(kRun, teacher_.ticks_at_once()) : 1;
  std::iota(trials_.begin(), trials_.end(), first_trial);
  teacher_.begin();
  for (std::int32_t begun = 0; begun < batch.ticks; begun += run) {
    const std::int32_t ticks = std::min(run, batch.ticks - begun);
    S* input = nullptr;
    if constexpr (std::is_same_v<R, S>) {
      input = batch.input_at(begun + 1);
    } else {
      input_.resize(static_cast<std::size_t>(ticks) * inputs * lanes);
      input = input_.data();
    }
    draw(begun + 1, ticks, input);
    if constexpr (!std::is_same_v<R, S>) std::ranges::copy(input_, batch.input_at(begun + 1));
    teacher_.set_inputs(input, ticks);
    // ticks before the window of errors need no readout
    const std::int32_t ticks_without_error = std::clamp(batch.ticks - window_ - begun, 0, ticks);
    if (ticks_without_error > 0) teacher_.step(ticks_without_error);
    for (std::int32_t tick = begun + ticks_without_error + 1; tick <= begun + ticks; ++tick) {
      teacher_.step(1);
      std::ranges::copy(teacher_.readout(), batch.target_at(tick));
    }
  }
}

template class StudentTeacherSource<double>;
template class StudentTeacherSource<float>;
template void StudentTeacherSource<double>::fill(std::int64_t, Batch<double>&);
template void StudentTeacherSource<double>::fill(std::int64_t, Batch<float>&);
template void StudentTeacherSource<float>::fill(std::int64_t, Batch<double>&);
template void StudentTeacherSource<float>::fill(std::int64_t, Batch<float>&);

}  // namespace locus
