#include "sim/task/student_teacher.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>
#include <variant>

#include "sim/model/network_size.h"

namespace locus {
namespace {

// the least number of ticks that a teacher of one lane gets at once
constexpr std::int32_t kRun = 32;

}  // namespace

template <class S>
StudentTeacherSource<S>::StudentTeacherSource(const Spec& spec, Teacher<S> teacher, std::int32_t lanes)
    : key_(random_key(spec.seed, "input")),
      columns_(input_columns(spec.network)),
      teacher_(std::move(teacher)),
      window_(window_of(spec.training)),
      trials_(static_cast<std::size_t>(lanes)) {
  const std::vector<DrawnInputSpec>& inputs = std::get<StudentTeacherTask>(spec.task).inputs;
  if (!inputs.empty()) inputs_.emplace(spec.seed, inputs, spec.network, spec.training.dt);
}

template <class S>
void StudentTeacherSource<S>::draw(std::int32_t first, std::int32_t ticks, std::int32_t inputs, S* values) {
  const std::size_t lanes = trials_.size();
  const std::size_t width = static_cast<std::size_t>(inputs) * lanes;
  if (inputs_) {
    for (std::int32_t tick = first; tick < first + ticks; ++tick, values += width)
      inputs_->template fill<S>(trials_, tick, values);
    return;
  }
  if (columns_.empty()) return;
  const auto noise = [&](S* to) {
    fill_normal_lanes(key_, static_cast<std::uint64_t>(trials_.front()), static_cast<std::uint64_t>(first),
                      static_cast<std::size_t>(ticks), columns_.size(), lanes, to);
  };
  if (std::ssize(columns_) == inputs) return noise(values);
  noise_.resize(static_cast<std::size_t>(ticks) * columns_.size() * lanes);
  noise(noise_.data());
  const S* from = noise_.data();
  for (std::int32_t tick = 0; tick < ticks; ++tick, values += width) {
    for (const std::int32_t input : columns_) {
      std::copy_n(from, lanes, values + static_cast<std::size_t>(input) * lanes);
      from += lanes;
    }
  }
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
    draw(begun + 1, ticks, batch.inputs, input);
    if constexpr (!std::is_same_v<R, S>) {
      for (std::int32_t tick = 0; tick < ticks; ++tick) {
        for (const std::int32_t column : columns_) {
          const std::size_t first = static_cast<std::size_t>(column) * lanes;
          std::copy_n(input + static_cast<std::size_t>(tick) * inputs * lanes + first, lanes,
                      batch.input_at(begun + 1 + tick) + first);
        }
      }
    }
    teacher_.set_inputs(input, columns_, batch.inputs, ticks);
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
