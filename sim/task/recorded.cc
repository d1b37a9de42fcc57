#include "sim/task/recorded.h"

#include <algorithm>
#include <variant>

#include "sim/task/write_lane.h"

namespace locus {
namespace {

template <class R>
void write_lane(const SparseMatrix& matrix, std::int32_t lane, std::int32_t lanes, Column<R>& column) {
  clear_lane(lane, lanes, column);
  for (std::size_t k = 0; k < matrix.values.size(); ++k) {
    const std::int64_t cell = std::int64_t{matrix.row[k]} * matrix.cols + matrix.col[k];
    column[static_cast<std::size_t>(cell * lanes + lane)] = static_cast<R>(matrix.values[k]);
  }
}

}  // namespace

template <class R>
void RecordedSource::fill(std::int64_t trial, std::int32_t lane, Batch<R>& batch) const {
  const std::size_t index = static_cast<std::size_t>(trial) % trials_->size();
  const RecordedTrial& shown = (*trials_)[index];
  std::visit([&](const auto& input) { write_lane(input, lane, batch.lanes, batch.input); }, shown.input);
  if (shown.target.values.empty()) {
    clear_lane(lane, batch.lanes, batch.target);  // no rule of the run has an error
  } else {
    write_lane(shown.target, lane, batch.lanes, batch.target);
  }
}

template void RecordedSource::fill(std::int64_t, std::int32_t, Batch<double>&) const;
template void RecordedSource::fill(std::int64_t, std::int32_t, Batch<float>&) const;

}  // namespace locus
