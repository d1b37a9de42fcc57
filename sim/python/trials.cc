#include "sim/python/trials.h"

#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/python/arrays.h"
#include "sim/python/supply.h"

namespace locus::python {
namespace {

[[noreturn]] void refuse(std::string field, std::string what, std::string allowed) {
  throw ModelError({{.field = std::move(field), .what = std::move(what), .allowed = std::move(allowed)}});
}

/// The numbers of an array of one dimension, or nothing for None; as many as trials, each within
/// low .. high.
std::optional<std::vector<std::int64_t>> numbers_of(const py::object& given, std::size_t trials, std::int64_t low,
                                                    std::int64_t high, const std::string& field) {
  if (given.is_none()) return std::nullopt;
  const auto array = given.cast<Integers>();
  if (static_cast<std::size_t>(array.size()) != trials)
    throw UsageError(fmt::format("{}: {} numbers for {} trials", field, array.size(), trials));
  std::vector<std::int64_t> numbers(array.data(), array.data() + array.size());
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (numbers[k] < low || numbers[k] > high)
      refuse(fmt::format("{}[{}]", field, k), fmt::format("is {}", numbers[k]), fmt::format("must be {} .. {}", low, high));
  }
  return numbers;
}

/// The first rows of a matrix.
void shorten(DenseMatrix& matrix, std::int64_t rows) {
  matrix.rows = rows;
  matrix.values.resize(static_cast<std::size_t>(rows * matrix.cols));
}

std::vector<RecordedTrial> trials_of_spikes(const py::tuple& spikes, const std::string& field) {
  const auto ticks = spikes[0].cast<std::int64_t>();
  const auto inputs = spikes[1].cast<std::int64_t>();
  const auto begin = spikes[2].cast<Integers>();
  const auto tick = spikes[3].cast<Integers>();
  const auto neuron = spikes[4].cast<Integers>();
  std::vector<RecordedTrial> trials;
  for (py::ssize_t trial = 0; trial + 1 < begin.size(); ++trial) {
    SparseMatrix input{.rows = ticks, .cols = inputs};
    for (py::ssize_t k = begin.at(trial); k < begin.at(trial + 1); ++k) {
      const std::string where = fmt::format("{}.input[{}][{}]", field, trial, k - begin.at(trial));
      if (neuron.at(k) < 0 || neuron.at(k) >= inputs)
        refuse(where, fmt::format("is of neuron {}", neuron.at(k)), fmt::format("must be 0 .. {}", inputs - 1));
      if (tick.at(k) < 1 || tick.at(k) > ticks)
        refuse(where, fmt::format("is at tick {}", tick.at(k)), fmt::format("must be 1 .. {}", ticks));
      input.row.push_back(static_cast<std::int32_t>(tick.at(k) - 1));
      input.col.push_back(static_cast<std::int32_t>(neuron.at(k)));
    }
    input.values.assign(input.row.size(), 1.0);
    trials.push_back({.input = std::move(input)});
  }
  return trials;
}

}  // namespace

std::vector<RecordedTrial> trials_of(const py::tuple& parts, std::int64_t readouts, const std::string& field) {
  std::vector<RecordedTrial> trials;
  const bool spikes = py::isinstance<py::tuple>(parts[0]);
  if (spikes) {
    trials = trials_of_spikes(parts[0].cast<py::tuple>(), field);
  } else {
    for (DenseMatrix& input : matrices(parts[0].cast<Doubles>(), field + ".input"))
      trials.push_back({.input = std::move(input)});
  }
  const std::int64_t ticks = trials.empty() ? 0 : rows_of(trials.front());
  const auto set = [&](const py::object& given, DenseMatrix RecordedTrial::*part, std::string_view name) {
    if (given.is_none()) return;
    std::vector<DenseMatrix> all = matrices(given.cast<Doubles>(), fmt::format("{}.{}", field, name));
    if (all.size() != trials.size())
      throw UsageError(fmt::format("{}.{}: {} matrices for {} trials", field, name, all.size(), trials.size()));
    for (std::size_t k = 0; k < trials.size(); ++k) trials[k].*part = std::move(all[k]);
  };
  set(parts[1], &RecordedTrial::target, "target");
  set(parts[3], &RecordedTrial::mask, "mask");
  set(parts[5], &RecordedTrial::reward, "reward");
  if (const auto classes = numbers_of(parts[2], trials.size(), 0, readouts - 1, field + ".classes")) {
    for (std::size_t k = 0; k < trials.size(); ++k) trials[k].label = static_cast<std::int32_t>((*classes)[k]);
  }
  const auto lengths = numbers_of(parts[4], trials.size(), 1, ticks, field + ".lengths");
  if (!lengths) return trials;
  for (std::size_t k = 0; k < trials.size(); ++k) {
    if (spikes)
      throw UsageError(fmt::format("{}: lengths are given, and the inputs are spikes, which need none", field));
    shorten(std::get<DenseMatrix>(trials[k].input), (*lengths)[k]);
    for (DenseMatrix* part : {&trials[k].target, &trials[k].mask, &trials[k].reward}) {
      if (part->rows >= (*lengths)[k]) shorten(*part, (*lengths)[k]);
    }
  }
  return trials;
}

SuppliedTask supplied_of(const py::tuple& parts) {
  SuppliedTask task{.fill = supply_of(parts[0]),
                    .has_classes = parts[2].cast<bool>(),
                    .has_mask = parts[3].cast<bool>(),
                    .has_lengths = parts[4].cast<bool>(),
                    .has_rewards = parts[5].cast<bool>()};
  if (!py::reinterpret_borrow<py::object>(parts[1]).is_none()) task.fill_held_out = supply_of(parts[1]);
  return task;
}

}  // namespace locus::python
