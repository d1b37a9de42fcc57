#include "tests/report/sample.h"

namespace locus {
namespace {

/// The outline of a model whose fields all differ from their defaults.
Outline sample_outline() {
  Spec spec = sample_spec();
  spec.network.populations[1].activation = Activation::kTanh;
  spec.network.populations[1].leak = 0.5;
  spec.network.projections[1].learning_rate = 0.25;
  spec.network.projections[2].weights = SparseMatrix{1, 3, {0, 0}, {2, 0}, {0.5, -1}};
  spec.network.projections[2].plastic = false;
  spec.training.loss = Loss::kSequence;
  spec.training.learning_rate = 0.1;
  spec.training.locality = Locality::kTemporal;
  spec.task = StudentTeacherTask{};
  return outline_of(spec);
}

}  // namespace

Spec sample_spec() {
  Spec spec;
  spec.name = "sample";
  spec.seed = 7;
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 2},
                              {.name = "rec", .kind = PopulationKind::kRate, .size = 3},
                              {.name = "out", .kind = PopulationKind::kReadout, .size = 1}};
  spec.network.projections = {
      {.name = "B", .source = 0, .target = 1, .weights = ConstantWeights{0.5}, .learning_rate = {}},
      {.name = "W", .source = 1, .target = 1, .weights = ConstantWeights{0.5}, .learning_rate = {}},
      {.name = "A", .source = 1, .target = 2, .weights = ConstantWeights{0.5}, .learning_rate = {}}};
  spec.training.ticks = 5;
  spec.training.batch = 2;
  spec.training.updates = 20;
  return spec;
}

Ledger sample_ledger(std::int64_t trials, std::int64_t local, std::int64_t revisiting) {
  Ledger ledger;
  ledger.add_trials(trials, 5);
  if (local > 0) ledger.add(Channel::kAxon, 0, {local, local});
  if (revisiting > 0) ledger.add(Channel::kAdjoint, 3, {revisiting, revisiting});
  return ledger;
}

RunResult sample_result() {
  RunResult result;
  result.model = "sample";
  result.model_sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
  result.seed = 18446744073709551615ULL;
  result.outline = sample_outline();

  Outcome bptt;
  bptt.rule = "bptt";
  bptt.kind = RuleKind::kBptt;
  bptt.depth = 5;
  bptt.stride = 5;
  bptt.updates = 20;
  for (int k = 0; k < 20; ++k) bptt.losses.push_back(1.0 / (1 + k));
  bptt.weights = {{"W", DenseMatrix{2, 2, {1, 2, 3, 4.5}}}, {"A", SparseMatrix{1, 3, {0, 0}, {2, 0}, {0.25, -1}}}};
  bptt.ledger = sample_ledger(40, 4000, 800);
  bptt.ledger.add_stalled_ticks(160);
  bptt.ledger.set_memory(200, 0);
  bptt.ranks = {{"B", {3, 2}, 2, 1.9, 1e-9}, {"W", {2, 1, 1e-12}, 2, 1.8899, 1e-9}};
  bptt.fingerprint = "00112233445566ff";

  Outcome rflo;
  rflo.rule = "rflo";
  rflo.kind = RuleKind::kRflo;
  rflo.updates = 20;
  for (int k = 0; k < 20; ++k) rflo.losses.push_back(1.0 - 0.02 * k);
  rflo.weights = {{"W", DenseMatrix{2, 2, {1, 2, 3, 4}}}, {"A", SparseMatrix{1, 3, {0, 0}, {2, 0}, {0.5, -1}}}};
  rflo.ledger = sample_ledger(40, 2000, 0);
  rflo.ledger.set_memory(0, 120);
  rflo.ranks = {{"W", {1, 0, 0}, 1, 1, 1e-9}};
  rflo.fingerprint = "8899aabbccddeeff";

  result.outcomes = {bptt, rflo};
  return result;
}

}  // namespace locus
