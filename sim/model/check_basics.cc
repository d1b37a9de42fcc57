#include "sim/model/check_basics.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/network_size.h"

namespace locus {

bool fits(const MatrixShape& shape, std::int64_t rows, std::int64_t cols) {
  return (shape.rows == kUnknown || shape.rows == rows) && (shape.cols == kUnknown || shape.cols == cols);
}

std::string described(const MatrixShape& shape) {
  const auto side = [](std::int64_t size) { return size == kUnknown ? std::string("any") : std::to_string(size); };
  return fmt::format("{} x {}: {} x {}", side(shape.rows), side(shape.cols), shape.rows_of, shape.cols_of);
}

bool check_shape(std::int64_t rows, std::int64_t cols, const MatrixShape& shape, const FieldPath& where, FaultList& faults) {
  const auto fits = [&](std::int64_t size, std::int64_t wanted, const std::string& wanted_of, std::string_view field) {
    if (wanted == kUnknown) return check_range(size, 1, INT32_MAX, where.at(field), faults);
    if (size != wanted)
      faults.error(where.at(field), fmt::format("is {}", size), fmt::format("must be {}, {}", wanted, wanted_of));
    return size == wanted;
  };
  const bool rows_fit = fits(rows, shape.rows, shape.rows_of, "rows");
  return fits(cols, shape.cols, shape.cols_of, "cols") && rows_fit;
}

bool SynapseBudget::take(std::int64_t rows, std::int64_t cols, const FieldPath& where, FaultList& faults) {
  if (rows < 1 || cols < 1) return true;
  if (rows <= (kMostSynapses - taken_) / cols) {
    taken_ += rows * cols;
    return true;
  }
  faults.error(where,
               fmt::format("would be {} x {} = {:.3g} values, after {} others", rows, cols,
                           static_cast<double>(rows) * static_cast<double>(cols), taken_),
               fmt::format("a model has at most {} in all", kMostSynapses));
  return false;
}

bool check_range(std::int64_t value, std::int64_t low, std::int64_t high, const FieldPath& field, FaultList& faults) {
  if (value >= low && value <= high) return true;
  faults.error(field, fmt::format("is {}", value),
               high < INT32_MAX ? fmt::format("must be {} to {}", low, high) : fmt::format("must be at least {}", low));
  return false;
}

bool check_finite(double value, const FieldPath& field, FaultList& faults) {
  if (std::isfinite(value)) return true;
  faults.error(field, "is " + shown(value), "must be finite");
  return false;
}

bool check_positive(double value, const FieldPath& field, FaultList& faults) {
  if (std::isfinite(value) && value > 0) return true;
  faults.error(field, "is " + shown(value), "must be above 0 and finite");
  return false;
}

bool check_not_negative(double value, const FieldPath& field, FaultList& faults) {
  if (std::isfinite(value) && value >= 0) return true;
  faults.error(field, "is " + shown(value), "must be finite and at least 0");
  return false;
}

bool all_finite(std::span<const double> values) {
  // An exponent of all ones is infinity or no number. Blocks of a fixed length, without a way out,
  // are what the compiler vectorises.
  constexpr std::uint64_t kExponent = 0x7ff0000000000000ULL;
  constexpr std::size_t kBlock = 1024;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, values.size());
    std::uint64_t found = 0;
    for (std::size_t i = begin; i < end; ++i) {
      found |= static_cast<std::uint64_t>((std::bit_cast<std::uint64_t>(values[i]) & kExponent) == kExponent);
    }
    if (found != 0) return false;
  }
  return true;
}

void check_finite(std::span<const double> values, const FieldPath& field, FaultList& faults) {
  if (all_finite(values)) return;
  std::size_t told = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    if (++told > kMostFaultsOfArray) continue;
    faults.error(field.element(i), "is " + shown(values[i]), "must be finite");
  }
  if (told > kMostFaultsOfArray)
    faults.error(field, fmt::format("has {} more values that are not finite", told - kMostFaultsOfArray), "must be finite");
}

bool check_index(std::int32_t index, std::size_t count, std::string_view of, const FieldPath& field, FaultList& faults) {
  if (index >= 0 && static_cast<std::size_t>(index) < count) return true;
  faults.error(field, fmt::format("is {}, which is no {}", index, of),
               count == 0 ? fmt::format("there is no {}", of)
                          : fmt::format("must be 0 to {} (indices count from 0)", count - 1));
  return false;
}

void check_name(const std::string& name, const FieldPath& field, FaultList& faults) {
  if (name.empty()) {
    faults.error(field, "is missing", "must be given");
  } else if (name.size() > kLongestName) {
    faults.error(field, fmt::format("is {}, of {} bytes", shown(std::string_view(name)), name.size()),
                 fmt::format("must have at most {} bytes", kLongestName));
  } else if (!is_utf8(name)) {
    faults.error(field, "is not UTF-8", "must be text in UTF-8");
  } else if (!is_visible(name)) {
    faults.error(field, "is " + shown(std::string_view(name)), visible_text());
  }
}

bool is_known(const NetworkSpec& network, std::int32_t population) {
  if (population < 0 || population >= std::ssize(network.populations)) return false;
  const PopulationSpec& one = network.populations[static_cast<std::size_t>(population)];
  return one.size >= 1 && one.size <= kMostNeurons && one.kind >= PopulationKind::kInput &&
         one.kind <= PopulationKind::kReadout;
}

std::int64_t known_size(const NetworkSpec& network, std::int32_t population) {
  return is_known(network, population) ? network.populations[static_cast<std::size_t>(population)].size : kUnknown;
}

std::int64_t known_neurons(const NetworkSpec& network, PopulationKind kind) {
  for (std::int32_t i = 0; i < std::ssize(network.populations); ++i) {
    if (!is_known(network, i)) return kUnknown;
  }
  return neurons(network, kind);
}

std::int64_t known_shown_inputs(const NetworkSpec& network) {
  return known_neurons(network, PopulationKind::kInput) == kUnknown ? kUnknown : shown_inputs(network);
}

bool has_known_ends(const NetworkSpec& network, const ProjectionSpec& projection) {
  return is_known(network, projection.source) && is_known(network, projection.target);
}

std::int64_t known_ticks(const TrainingSpec& training) {
  return training.ticks >= 1 && training.ticks <= kLongestTrial ? training.ticks : kUnknown;
}

}  // namespace locus
