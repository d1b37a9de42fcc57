#include "sim/task/student_teacher.h"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace locus {
namespace {

constexpr std::int32_t kRun = 32;  // ticks that a teacher of one lane hears together

}  // namespace

template <class S>
StudentTeacherSource<S>::StudentTeacherSource(std::uint64_t seed, Teacher<S> teacher, std::int32_t window)
    : key_(random_key(seed, "input")), teacher_(std::move(teacher)), window_(window) {}

template <class S>
template <class R>
void StudentTeacherSource<S>::fill(std::int64_t first_trial, Batch<R>& batch) {
  const auto inputs = static_cast<std::size_t>(batch.inputs);
  const auto lanes = static_cast<std::size_t>(batch.lanes);
  const std::int32_t run = batch.lanes == 1 ? kRun : 1;
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
    for (std::int32_t k = 0; k < ticks; ++k) {
      fill_normal_lanes(key_, static_cast<std::uint64_t>(first_trial), static_cast<std::uint64_t>(begun + k + 1),
                        inputs, lanes, input + static_cast<std::size_t>(k) * inputs * lanes);
    }
    if constexpr (!std::is_same_v<R, S>) std::ranges::copy(input_, batch.input_at(begun + 1));
    teacher_.hear(input, ticks);
    for (std::int32_t tick = begun + 1; tick <= begun + ticks; ++tick) {
      teacher_.step();
      if (tick > batch.ticks - window_) std::ranges::copy(teacher_.readout(), batch.target_at(tick));
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
