#include "sim/task/supplied.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include <fmt/format.h>

#include "core/base/check.h"
#include "sim/model/errors.h"
#include "sim/model/network_size.h"
#include "sim/task/write_lane.h"

namespace locus {
namespace {

/// The part of an array (trials x size) that belongs to a trial.
std::span<const double> part_of(const std::vector<double>& values, std::int32_t trial, std::size_t size) {
  return std::span(values).subspan(static_cast<std::size_t>(trial) * size, size);
}

/// Throws ModelError at the first number of an array (trials x ticks x neurons) that is not finite.
template <class R>
void check_finite(const std::vector<double>& values, std::int32_t ticks, std::int32_t neurons, std::string_view of) {
  const auto wrong = std::ranges::find_if(values, [](double value) { return !std::isfinite(static_cast<R>(value)); });
  if (wrong == values.end()) return;
  const std::int64_t at = wrong - values.begin();
  throw ModelError(
      {{.field = fmt::format("task.supplied.{}[{}, {}, {}]", of, at / neurons / ticks, at / neurons % ticks, at % neurons),
        .what = fmt::format("is {}", *wrong),
        .allowed = "must be finite"}});
}

}  // namespace

SuppliedSource::SuppliedSource(const Supply& fill, bool has_classes, const Spec& spec, std::int32_t lanes)
    : fill_(&fill), columns_(input_columns(spec.network)) {
  CHECK(static_cast<bool>(fill), "supplied trials have a function");
  shape_ = {.update = 0,
            .trials = lanes,
            .ticks = spec.training.ticks,
            .inputs = static_cast<std::int32_t>(columns_.size()),
            .readouts = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout)),
            .input = {},
            .target = {},
            .classes = {}};
  const std::size_t rows = static_cast<std::size_t>(lanes) * static_cast<std::size_t>(shape_.ticks);
  input_.resize(rows * columns_.size());
  if (has_classes)
    classes_.resize(static_cast<std::size_t>(lanes));
  else
    target_.resize(rows * static_cast<std::size_t>(shape_.readouts));
}

template <class R>
void SuppliedSource::check_finite() const {
  locus::check_finite<R>(input_, shape_.ticks, shape_.inputs, "x");
  locus::check_finite<R>(target_, shape_.ticks, shape_.readouts, "y");
}

void SuppliedSource::check_classes() const {
  const auto wrong = std::ranges::find_if(classes_, [&](std::int32_t c) { return c < 0 || c >= shape_.readouts; });
  if (wrong == classes_.end()) return;
  throw ModelError({{.field = fmt::format("task.supplied.y[{}]", wrong - classes_.begin()),
                     .what = fmt::format("is {}", *wrong),
                     .allowed = fmt::format("must be 0 .. {}", shape_.readouts - 1)}});
}

template <class R>
void SuppliedSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  CHECK(batch.lanes == shape_.trials, "a batch has the lanes that its source was made for");
  std::ranges::fill(input_, 0.0);
  std::ranges::fill(target_, 0.0);
  std::ranges::fill(classes_, 0);
  SuppliedBatch supplied = shape_;
  supplied.update = first_trial / batch.lanes;
  supplied.input = input_;
  supplied.target = target_;
  supplied.classes = classes_;
  (*fill_)(supplied);
  check_finite<R>();
  check_classes();
  const auto ticks = static_cast<std::size_t>(shape_.ticks);
  for (std::int32_t lane = 0; lane < batch.lanes; ++lane) {
    write_inputs<R>(part_of(input_, lane, ticks * columns_.size()), columns_, lane, batch);
    if (classes_.empty()) {
      const std::size_t size = ticks * static_cast<std::size_t>(shape_.readouts);
      write_values<R>(part_of(target_, lane, size), batch.lanes, batch.target.data() + lane);
      continue;
    }
    const std::int32_t chosen = classes_[static_cast<std::size_t>(lane)];
    write_class(chosen, 0, batch.readouts, lane, batch.lanes, batch.target);
    if (!batch.labels.empty()) batch.labels[static_cast<std::size_t>(lane)] = chosen;
  }
}

template void SuppliedSource::fill(std::int64_t, Batch<double>&);
template void SuppliedSource::fill(std::int64_t, Batch<float>&);

}  // namespace locus
