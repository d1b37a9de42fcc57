// Currents ahead of their tick: what inputs say is known for the whole trial, so the currents of a
// run of ticks are one product a projection (where the plan says so; one lane).
#pragma once

#include <algorithm>

#include "core/kernel/product.h"
#include "core/transport/columns/common.h"

namespace locus {

template <class R>
class Ahead {
 public:
  explicit Ahead(const Common<R>& common)
      : ticks_(common.plan.ahead_ticks),
        currents_(static_cast<std::size_t>(ticks_) * static_cast<std::size_t>(common.network.rate.size), R(0)) {}

  bool empty() const { return ticks_ == 0; }

  /// The currents of the tick of this row (n). Rows are read in their order.
  R* currents(const Common<R>& common, std::int32_t row) {
    const std::int32_t m = common.network.inputs.size;
    const std::int32_t n = common.network.rate.size;
    row_ = row == 0 || row_ + 1 == ticks_ ? 0 : row_ + 1;
    if (row_ == 0) {
      const std::int32_t ticks = std::min(ticks_, common.trial.ticks - row);
      const R* const inputs =
          common.shown != nullptr ? common.shown + std::ptrdiff_t{row} * m : common.network.inputs.activity.data();
      std::ranges::fill(currents_, R(0));
      for (const ProjectionId p : common.onto_rate) {
        if (common.plan_for(p).sends != Sends::kAhead) continue;
        const Projection& b = common.projection(p);
        const RowsView<R> said{inputs + b.source_begin, ticks, b.source_size, m, 1};
        add_products<R>({common.weight(p), b.target_size, b.source_size, b.target_size}, said,
                        currents_.data() + b.target_begin, n, {.targets = b.all_targets()});
      }
    }
    return currents_.data() + std::ptrdiff_t{row_} * n;
  }

  /// The number of rows that follow in memory, from the last one that was read.
  std::int32_t rows_left() const { return ticks_ - row_; }
  /// Marks rows as used.
  void use(std::int32_t rows) { row_ += rows - 1; }

 private:
  std::int32_t ticks_;
  std::int32_t row_ = 0;      // of the present tick
  BesideColumn<R> currents_;  // (ticks x n)
};

}  // namespace locus
