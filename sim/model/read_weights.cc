#include "sim/model/read_weights.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sim/model/blocks.h"
#include "sim/model/matrices.h"
#include "sim/model/npy.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

WeightsSpec read_gaussian(const v1::Gaussian& message, double fan_in, const FieldPath& where, FaultList& faults) {
  if (message.scale_case() == v1::Gaussian::SCALE_NOT_SET) {
    faults.missing_choice(where, "scale", "has neither gain nor stddev", "must have one of them");
    return GaussianWeights{};
  }
  const bool has_gain = message.scale_case() == v1::Gaussian::kGain;
  const double scale = has_gain ? message.gain() : message.stddev();
  if (!std::isfinite(scale) || scale < 0) {
    faults.error(where.at(has_gain ? "gain" : "stddev"), "is " + shown(scale), "must be finite and at least 0");
  }
  return GaussianWeights{has_gain ? scale / std::sqrt(std::max(fan_in, 1.0)) : scale};
}

WeightsSpec read_constant(const v1::Constant& message, const FieldPath& where, FaultList& faults) {
  if (!message.has_value()) faults.error(where.at("value"), "is missing", "must be given");
  if (!std::isfinite(message.value()))
    faults.error(where.at("value"), "is " + shown(message.value()), "must be finite");
  return ConstantWeights{message.value()};
}

WeightsSpec read_sparse_random(const v1::SparseRandom& message, const MatrixShape& shape, const FieldPath& where,
                               Reading& reading) {
  FaultList& faults = reading.faults;
  SparseRandomWeights weights;
  double fan_in = 1;
  switch (message.synapses_case()) {
    case v1::SparseRandom::kProbability:
      weights.probability = message.probability();
      fan_in = message.probability() * static_cast<double>(shape.cols);
      if (!(message.probability() >= 0 && message.probability() <= 1))
        faults.error(where.at("probability"), "is " + shown(message.probability()), "must be 0 to 1");
      break;
    case v1::SparseRandom::kInDegree:
      weights.in_degree = message.in_degree();
      fan_in = message.in_degree();
      if (shape.cols != kUnknown) check_range(message.in_degree(), 0, shape.cols, where.at("in_degree"), faults);
      break;
    case v1::SparseRandom::SYNAPSES_NOT_SET:
      faults.missing_choice(where, "synapses", "has neither probability nor in_degree", "must have one of them");
      break;
  }
  switch (message.values_case()) {
    case v1::SparseRandom::kConstant:
      weights.mean = std::get<ConstantWeights>(read_constant(message.constant(), where.at("constant"), faults)).value;
      break;
    case v1::SparseRandom::kGaussian:
      weights.stddev =
          std::get<GaussianWeights>(read_gaussian(message.gaussian(), fan_in, where.at("gaussian"), faults)).stddev;
      break;
    case v1::SparseRandom::VALUES_NOT_SET:
      faults.missing_choice(where, "values", "has neither constant nor gaussian", "must have one of them");
      break;
  }
  if (fan_in >= 1) reading.count(shape.rows, static_cast<std::int64_t>(fan_in), where);
  return weights;
}

WeightsSpec read_aligned(const v1::Aligned& message, const MatrixShape& shape, const FieldPath& where, FaultList& faults) {
  AlignedWeights weights = {{message.values().begin(), message.values().end()}};
  const auto modes = static_cast<std::int64_t>(weights.values.size());
  const std::int64_t most = std::min(shape.rows, shape.cols);
  if (most != kUnknown && (modes < 1 || modes > most)) {
    faults.error(where.at("values"), fmt::format("has {} modes", modes),
                 fmt::format("must have 1 to {}, the smaller side of {} x {}", most, shape.rows, shape.cols));
  }
  if (std::max(shape.rows, shape.cols) > kLargestBasis) {
    faults.error(where, fmt::format("is aligned and {} x {}", shape.rows, shape.cols),
                 fmt::format("orthogonal bases are made up to {} x {}", kLargestBasis, kLargestBasis));
  }
  check_finite(weights.values, where.at("values"), faults);
  return weights;
}

WeightsSpec read_file_weights(const v1::WeightsFile& message, const MatrixShape& shape, const FieldPath& where,
                              Reading& reading) {
  const FieldPath field = where.at("path");
  const std::string extension = fs::path(message.path()).extension().string();
  if (extension != ".npy" && extension != ".blocks") {
    reading.faults.error(field, "is " + shown(std::string_view(message.path())),
                         "must end in .npy (dense) or .blocks (dense or sparse)");
    return ConstantWeights{};
  }
  const std::optional<FileBeside> file = file_beside(message.path(), field, reading);
  if (!file) return ConstantWeights{};
  if (extension == ".npy") return read_npy(*file, shape, field, reading);
  auto matrix = read_blocks(*file, shape, field, reading);
  return std::visit([](auto& form) { return WeightsSpec(std::move(form)); }, matrix);
}

}  // namespace

WeightsSpec read_weights(v1::Weights& message, const MatrixShape& shape, std::int64_t fan_in, const FieldPath& where,
                         Reading& reading) {
  switch (message.form_case()) {
    case v1::Weights::kDense: return read_dense(*message.mutable_dense(), shape, where.at("dense"), reading);
    case v1::Weights::kSparse: return read_sparse(*message.mutable_sparse(), shape, where.at("sparse"), reading);
    case v1::Weights::kCsr: return read_csr(*message.mutable_csr(), shape, where.at("csr"), reading);
    case v1::Weights::kFile: return read_file_weights(message.file(), shape, where.at("file"), reading);
    case v1::Weights::kGaussian:
      reading.count(shape.rows, shape.cols, where);
      return read_gaussian(message.gaussian(), static_cast<double>(fan_in), where.at("gaussian"), reading.faults);
    case v1::Weights::kConstant:
      reading.count(shape.rows, shape.cols, where);
      return read_constant(message.constant(), where.at("constant"), reading.faults);
    case v1::Weights::kAligned:
      reading.count(shape.rows, shape.cols, where);
      return read_aligned(message.aligned(), shape, where.at("aligned"), reading.faults);
    case v1::Weights::kSparseRandom:
      return read_sparse_random(message.sparse_random(), shape, where.at("sparse_random"), reading);
    case v1::Weights::FORM_NOT_SET: break;
  }
  reading.faults.missing_choice(where, "form", "gives no weights",
                                "must have one of dense, sparse, csr, gaussian, constant, sparse_random, aligned, file");
  return ConstantWeights{};
}

}  // namespace locus
