#include "sim/task/student_teacher.h"

#include <utility>

namespace locus {

StudentTeacherSource::StudentTeacherSource(std::uint64_t seed, Teacher teacher, bool error_at_every_tick)
    : key_(random_key(seed, "input")),
      teacher_(std::move(teacher)),
      error_at_every_tick_(error_at_every_tick),
      drawn_(static_cast<std::size_t>(teacher_.inputs())) {}

template <class R>
void StudentTeacherSource::draw_inputs(std::int64_t first_trial, std::int32_t tick, Batch<R>& batch) {
  R* const input = batch.input_at(tick);
  const auto lanes = static_cast<std::size_t>(batch.lanes);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const std::uint64_t trial = static_cast<std::uint64_t>(first_trial) + lane;
    fill_normal(key_, trial, static_cast<std::uint64_t>(tick), 1.0, drawn_);
    for (std::size_t i = 0; i < drawn_.size(); ++i) input[i * lanes + lane] = static_cast<R>(drawn_[i]);
  }
}

template <class R>
void StudentTeacherSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  using Columns = Eigen::Map<Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;
  teacher_.begin();
  for (std::int32_t tick = 1; tick <= batch.ticks; ++tick) {
    draw_inputs(first_trial, tick, batch);
    teacher_.input() = Columns(batch.input_at(tick), batch.inputs, batch.lanes).template cast<double>();
    teacher_.step();
    if (error_at_every_tick_ || tick == batch.ticks) {
      Columns(batch.target_at(tick), batch.readouts, batch.lanes) = teacher_.readout().template cast<R>();
    }
  }
}

template void StudentTeacherSource::fill(std::int64_t, Batch<double>&);
template void StudentTeacherSource::fill(std::int64_t, Batch<float>&);

}  // namespace locus
