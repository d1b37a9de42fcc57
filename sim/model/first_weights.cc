#include "sim/model/first_weights.h"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "sim/model/blocks.h"
#include "sim/model/check.h"
#include "sim/model/errors.h"
#include "sim/model/npy.h"

namespace locus {
namespace {

bool is_sparse(const WeightsSpec& weights) {
  return std::holds_alternative<SparseMatrix>(weights) || std::holds_alternative<SparseRandomWeights>(weights);
}

/// The matrix of a file of any size; a fault at `where` if it is no matrix.
WeightsSpec read_matrix(std::string& bytes, const FieldPath& where, Reading& reading) {
  const FileBeside file = file_of(bytes);
  if (bytes.starts_with("\x93NUMPY")) return read_npy(file, {}, where, reading);
  auto matrix = read_blocks(file, {}, where, reading);
  return std::visit([](auto& form) { return WeightsSpec(std::move(form)); }, matrix);
}

class Taking {
 public:
  Taking(const std::string& source, Spec& spec) : source_(source), spec_(spec) {}

  void take(ProjectionSpec& projection, std::string& bytes) {
    FaultList faults;
    Reading reading = {.folder = {}, .faults = faults};
    WeightsSpec weights = read_matrix(bytes, FieldPath().at(projection.name), reading);
    if (faults.has_errors()) throw ModelError(faults.placed(source_, std::nullopt));
    const auto [rows, cols] = std::visit(
        [](const auto& form) {
          if constexpr (requires { form.rows; }) return std::pair(form.rows, form.cols);
          return std::pair<std::int64_t, std::int64_t>();
        },
        weights);
    const PopulationSpec& target = spec_.network.populations[static_cast<std::size_t>(projection.target)];
    const PopulationSpec& source = spec_.network.populations[static_cast<std::size_t>(projection.source)];
    if (rows != target.size || cols != source.size) {
      refuse(projection.name, fmt::format("is {} x {}", rows, cols),
             fmt::format("must be {} x {}, the sizes of {} and {} in {}", target.size, source.size, target.name,
                         source.name, spec_.path));
    }
    if (is_sparse(weights) != is_sparse(projection.weights)) {
      refuse(projection.name, is_sparse(weights) ? "is sparse" : "is dense",
             fmt::format("must be {} as in {}", is_sparse(weights) ? "dense" : "sparse", spec_.path));
    }
    projection.weights = std::move(weights);
  }

  [[noreturn]] void refuse(const std::string& projection, std::string what, std::string allowed) const {
    throw ModelError({{.file = source_, .field = projection, .what = std::move(what), .allowed = std::move(allowed)}});
  }

 private:
  const std::string& source_;
  Spec& spec_;
};

}  // namespace

void take_first_weights(WeightFiles& files, const std::string& source, Spec& spec) {
  Taking taking(source, spec);
  for (const auto& [name, bytes] : files) {
    if (std::ranges::find(spec.network.projections, name, &ProjectionSpec::name) == spec.network.projections.end())
      taking.refuse(name, "has weights", fmt::format("must be a projection of {}", spec.path));
  }
  for (ProjectionSpec& projection : spec.network.projections) {
    const auto found = files.find(projection.name);
    if (found == files.end())
      taking.refuse(projection.name, "has no weights", "must have some, as a projection of " + spec.path);
    taking.take(projection, found->second);
  }
  require_valid(spec);
}

}  // namespace locus
