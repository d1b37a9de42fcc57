#include "sim/model/check.h"

#include <filesystem>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"
#include "sim/model/precision.h"
#include "sim/model/requirements.h"

namespace locus {
namespace {

bool is_learner(const RuleSpec& rule) { return has_row(rule.kind) && learns(rule.kind); }

/// What a rule lacks, where it would have to be.
void tell_lacks(const Spec& spec, const RuleSpec& learner, const std::vector<Lack>& lacking, Purpose purpose,
                FaultList& faults) {
  const FieldPath root;
  const std::string reason = "rule " + shown(std::string_view(learner.name)) + " learns";
  for (const Lack& lack : lacking) {
    switch (lack.need) {
      case Need::kReadout:
        if (known_neurons(spec.network, PopulationKind::kReadout) == kUnknown)
          break;  // one may be meant where a population has a fault
        faults.error(root.at("network"), "has no readout population", "must have at least one, since " + reason);
        break;
      case Need::kTarget: {
        if (purpose == Purpose::kSession) break;
        const FieldPath field = lack.index < 0 ? root.at("task").at("drawn").at("targets")
                                               : root.at("task").at("recorded").at("trials", lack.index).at("target");
        faults.error(field, lack.index < 0 ? "are missing" : "is missing", "must be given, since " + reason);
        break;
      }
      case Need::kReward:
        if (purpose == Purpose::kSession) break;
        faults.error(root.at("task"), "gives no rewards",
                     "must be recorded { trials { reward { ... } } }, since " + reason +
                         " from rewards of trials; or the rule has reward: TICK_LOSS or TRIAL_LOSS");
        break;
      case Need::kLearningRate:
        faults.error(
            root.at("training").at("learning_rate"), "is missing",
            fmt::format("must be given, since {} and plastic projection {} has none of its own", reason,
                        shown(std::string_view(spec.network.projections[static_cast<std::size_t>(lack.index)].name))));
        break;
    }
  }
}

/// What the model's rules lack, each thing once.
void check_requirements(const Spec& spec, Purpose purpose, FaultList& faults) {
  std::set<Need> told;  // of earlier rules
  for (const RuleSpec& rule : spec.rules) {
    if (!is_learner(rule)) continue;
    std::vector<Lack> lacking = lacks(spec.network, spec.task, spec.training, rule);
    std::erase_if(lacking, [&](const Lack& lack) { return told.contains(lack.need); });
    tell_lacks(spec, rule, lacking, purpose, faults);
    for (const Lack& lack : lacking) told.insert(lack.need);
  }
}

/// What is legal and hardly meant.
void warn(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  bool learner = false;
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const RuleSpec& rule = spec.rules[i];
    learner = learner || is_learner(rule);
    if (!is_learner(rule) || !loses_errors(rule, spec.network, spec.training)) continue;
    const FieldPath field = root.at("rules", static_cast<int>(i)).at(field_of(rule.kind));
    if (latest_answer(spec.network, spec.training) == 0) {
      faults.warning(field.at("stride"), fmt::format("is {}, more than the depth {}", rule.stride, rule.depth),
                     "errors older than the depth at their sweep are lost");
    } else {
      faults.warning(field.at("depth"), fmt::format("is {}", rule.depth),
                     why_lost(rule, spec.network, spec.training) + ": errors older than the depth at their sweep are lost");
    }
  }
  bool plastic = false;
  for (const ProjectionSpec& projection : spec.network.projections) plastic = plastic || projection.plastic;
  if (learner && !plastic) faults.warning(root.at("network"), "has no plastic projection", "nothing will be learnt");
}

/// A name that is the file's own is taken as it is.
void check_model_name(const Spec& spec, FaultList& faults) {
  if (!spec.path.empty() && spec.name == std::filesystem::path(spec.path).stem().string()) return;
  check_name(spec.name, FieldPath().at("name"), faults);
}

/// Whether drawn sparse matrices know their sizes and keys, which load and the builder see to.
void check_settled(const NetworkSpec& network, const FieldPath& where, std::uint64_t seed, const std::string& purpose,
                   FaultList& faults) {
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const auto* weights = std::get_if<SparseRandomWeights>(&network.projections[i].weights);
    if (weights == nullptr || is_settled(*weights, network, network.projections[i], seed, purpose)) continue;
    faults.error(where.at("projections", static_cast<int>(i)).at("weights").at("sparse_random"),
                 "does not know its size and keys",
                 "call settle_sparse when the Spec is whole, and after its seed changes");
  }
}

void check_settled(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  check_settled(spec.network, root.at("network"), spec.seed, "weights/", faults);
  if (const auto* taught = std::get_if<StudentTeacherTask>(&spec.task))
    check_settled(taught->teacher, root.at("task").at("student_teacher").at("teacher"), spec.seed, "teacher/", faults);
}

}  // namespace

void check_model(const Spec& spec, Purpose purpose, FaultList& faults) {
  Checking checking = {spec, faults};
  check_model_name(spec, faults);
  check_enum(spec.precision, Precision::kFloat32, FieldPath().at("precision"), faults);
  check_training(spec.training, purpose == Purpose::kRun, faults);
  if (!check_network(spec.network, FieldPath().at("network"), checking)) return;
  if (purpose == Purpose::kRun) check_task(checking);
  if (!check_rules(checking)) return;
  check_bases(checking);
  check_chip(spec, faults);
  check_records(spec, faults);
  check_compare(spec, faults);
  check_training_of_model(spec, faults);
  check_narrow(spec, faults);
  check_requirements(spec, purpose, faults);
  check_delays(spec, faults);
  if (spec.precision == Precision::kFloat32) check_float32(spec, faults);
  warn(spec, faults);
}

bool has_task(const Spec& spec) {
  const auto* recorded = std::get_if<RecordedTask>(&spec.task);
  return recorded == nullptr || !recorded->trials.empty();
}

std::vector<Fault> check(const Spec& spec, Purpose purpose) {
  FaultList faults;
  check_model(spec, purpose, faults);
  if (!faults.has_errors()) check_settled(spec, faults);
  return faults.placed(spec.path, std::nullopt);
}

void require_valid(const Spec& spec, Purpose purpose) {
  std::vector<Fault> faults = check(spec, purpose);
  if (has_error(faults)) throw ModelError(std::move(faults));
}

}  // namespace locus
