#include "sim/model/read_weights.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/model/blocks.h"
#include "sim/model/csv_matrix.h"
#include "sim/model/defaults.h"
#include "sim/model/matrices.h"
#include "sim/model/npy.h"
#include "sim/model/npz.h"

namespace locus {
namespace {

WeightsSpec read_gaussian(const v1::Gaussian& message, double fan_in, const FieldPath& where, FaultList& faults) {
  switch (message.scale_case()) {
    case v1::Gaussian::kStddev: return GaussianWeights{message.stddev()};
    case v1::Gaussian::kGain: return GaussianWeights{stddev_of(message.gain(), fan_in, where, faults)};
    case v1::Gaussian::SCALE_NOT_SET: break;
  }
  faults.missing_choice(where, "scale", "has neither gain nor stddev", "must have one of them");
  return GaussianWeights{};
}

WeightsSpec read_constant(const v1::Constant& message, const FieldPath& where, FaultList& faults) {
  if (!message.has_value()) faults.refuse(where.at("value"), "is missing", "must be given");
  return ConstantWeights{message.value()};
}

WeightsSpec read_sparse_random(const v1::SparseRandom& message, std::int64_t cols, const FieldPath& where,
                               FaultList& faults) {
  SparseRandomWeights weights;
  switch (message.synapses_case()) {
    case v1::SparseRandom::kProbability: weights.probability = message.probability(); break;
    case v1::SparseRandom::kInDegree: weights.in_degree = message.in_degree(); break;
    case v1::SparseRandom::SYNAPSES_NOT_SET:
      faults.missing_choice(where, "synapses", "has neither probability nor in_degree", "must have one of them");
      break;
  }
  switch (message.values_case()) {
    case v1::SparseRandom::kConstant:
      weights.mean = std::get<ConstantWeights>(read_constant(message.constant(), where.at("constant"), faults)).value;
      break;
    case v1::SparseRandom::kGaussian:
      weights.stddev = std::get<GaussianWeights>(
                           read_gaussian(message.gaussian(), row_entries(weights, cols), where.at("gaussian"), faults))
                           .stddev;
      break;
    case v1::SparseRandom::VALUES_NOT_SET:
      faults.missing_choice(where, "values", "has neither constant nor gaussian", "must have one of them");
      break;
  }
  return weights;
}

/// The ending of a path that says how the file is read; empty if it is none of them.
std::string extension_of(const std::string& path) {
  for (const std::string_view extension : {".npy", ".npz", ".csv", ".csv.gz", ".blocks"}) {
    if (path.ends_with(extension)) return std::string(extension);
  }
  return {};
}

WeightsSpec read_file_weights(const v1::WeightsFile& message, const MatrixShape& shape, const FieldPath& where,
                              Reading& reading) {
  const FieldPath field = where.at("path");
  const auto [path, member] = file_and_array(message.path());
  const std::string extension = extension_of(path);
  if (extension.empty()) {
    reading.faults.refuse(field, "is " + shown(std::string_view(message.path())),
                          "must end in .npy, .npz, .npz:NAME, .csv, .csv.gz or .blocks");
    return DenseMatrix{};
  }
  const std::optional<FileBeside> file = file_beside(path, field, reading);
  if (!file) return DenseMatrix{};
  if (extension == ".npy") return read_npy(*file, shape, field, reading);
  if (extension == ".npz") return read_npz(*file, member, shape, field, reading);
  if (extension != ".blocks") return read_csv_matrix(*file, extension == ".csv.gz", shape, field, reading);
  auto matrix = read_blocks(*file, shape, field, reading);
  return std::visit([](auto& form) { return WeightsSpec(std::move(form)); }, matrix);
}

}  // namespace

WeightsSpec read_weights(v1::Weights& message, const MatrixShape& shape, std::int64_t fan_in, const FieldPath& where,
                         Reading& reading) {
  switch (message.form_case()) {
    case v1::Weights::kDense: return read_dense(*message.mutable_dense(), where.at("dense"), reading);
    case v1::Weights::kSparse: return read_sparse(*message.mutable_sparse(), where.at("sparse"), reading);
    case v1::Weights::kCsr: return read_csr(*message.mutable_csr(), where.at("csr"), where.at("sparse"), reading);
    case v1::Weights::kFile:
      // What is in the file is looked at as it is read, and told of the file.
      for (const char* form : {"dense", "sparse"}) reading.faults.silence(where.at(form));
      return read_file_weights(message.file(), shape, where.at("file"), reading);
    case v1::Weights::kGaussian:
      return read_gaussian(message.gaussian(), static_cast<double>(fan_in), where.at("gaussian"), reading.faults);
    case v1::Weights::kConstant: return read_constant(message.constant(), where.at("constant"), reading.faults);
    case v1::Weights::kAligned:
      return AlignedWeights{{message.aligned().values().begin(), message.aligned().values().end()}};
    case v1::Weights::kSparseRandom:
      return read_sparse_random(message.sparse_random(), fan_in, where.at("sparse_random"), reading.faults);
    case v1::Weights::FORM_NOT_SET: break;
  }
  reading.faults.missing_choice(where, "form", "gives no weights",
                                "must have one of dense, sparse, csr, gaussian, constant, sparse_random, aligned, file");
  return ConstantWeights{};
}

}  // namespace locus
