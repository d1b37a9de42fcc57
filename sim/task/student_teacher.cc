#include "sim/task/student_teacher.h"

#include <algorithm>
#include <utility>

namespace locus {

template <class S>
StudentTeacherSource<S>::StudentTeacherSource(std::uint64_t seed, Teacher<S> teacher, std::int32_t window)
    : key_(random_key(seed, "input")), teacher_(std::move(teacher)), window_(window) {}

template <class S>
template <class R>
void StudentTeacherSource<S>::fill(std::int64_t first_trial, Batch<R>& batch) {
  const auto inputs = static_cast<std::size_t>(batch.inputs);
  const auto lanes = static_cast<std::size_t>(batch.lanes);
  input_.resize(inputs * lanes);
  teacher_.begin();
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
    fill_normal_lanes(key_, static_cast<std::uint64_t>(first_trial), static_cast<std::uint64_t>(tick), inputs, lanes,
                      input_.data());
    std::ranges::copy(input_, batch.input_at(tick));
    teacher_.step(input_.data());
    if (tick > batch.ticks - window_) std::ranges::copy(teacher_.readout(), batch.target_at(tick));
  }
}

template class StudentTeacherSource<double>;
template class StudentTeacherSource<float>;
template void StudentTeacherSource<double>::fill(std::int64_t, Batch<double>&);
template void StudentTeacherSource<double>::fill(std::int64_t, Batch<float>&);
template void StudentTeacherSource<float>::fill(std::int64_t, Batch<double>&);
template void StudentTeacherSource<float>::fill(std::int64_t, Batch<float>&);

}  // namespace locus
