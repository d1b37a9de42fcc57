// Decision: the class that the network chose in each trial of a batch, and the trial's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/confusion.h"
#include "sim/task/batch.h"

namespace locus {

/// `votes`: sums of each readout's outputs (o x lanes). Trials without a class are left out, and
/// so are lanes from `lanes` on.
template <class R>
Confusion confusion_of(const Batch<R>& batch, const std::vector<double>& votes, std::int64_t lanes = INT64_MAX) {
  Confusion confusion;
  const auto abreast = static_cast<std::size_t>(batch.lanes);
  for (std::size_t lane = 0; lane < batch.labels.size() && static_cast<std::int64_t>(lane) < lanes; ++lane) {
    if (batch.labels[lane] == kNoClass) continue;
    std::size_t chosen = 0;
    for (std::size_t k = 1; k < static_cast<std::size_t>(batch.readouts); ++k) {
      if (votes[k * abreast + lane] > votes[chosen * abreast + lane]) chosen = k;
    }
    add({batch.labels[lane], static_cast<std::int32_t>(chosen), 1}, confusion);
  }
  return confusion;
}

}  // namespace locus
