// What a model takes once it is loaded: its matrices and trials.
#include "sim/report/memory.h"

namespace locus {

double loaded_bytes(const Spec& spec) {
  const auto dense = [](const DenseMatrix& matrix) { return sizeof(double) * static_cast<double>(matrix.values.size()); };
  const auto sparse = [](const SparseMatrix& matrix) { return 16.0 * static_cast<double>(matrix.values.size()); };
  double bytes = 0;
  for (const ProjectionSpec& projection : spec.network.projections) {
    if (const auto* matrix = std::get_if<DenseMatrix>(&projection.weights)) bytes += dense(*matrix);
    if (const auto* matrix = std::get_if<SparseMatrix>(&projection.weights)) bytes += sparse(*matrix);
  }
  const auto* recorded = std::get_if<RecordedTask>(&spec.task);
  if (recorded == nullptr) return bytes;
  for (const auto* trials : {&recorded->trials, &recorded->evaluation_trials}) {
    for (const RecordedTrial& trial : *trials) {
      bytes += dense(trial.target) + dense(trial.mask) + dense(trial.reward);
      const auto* input = std::get_if<DenseMatrix>(&trial.input);
      bytes += input != nullptr ? dense(*input) : sparse(std::get<SparseMatrix>(trial.input));
    }
  }
  return bytes;
}

}  // namespace locus
