#include <type_traits>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/checks.h"

namespace locus {
namespace {

bool check_value(std::int32_t value, const WholeRange& range, const FieldPath& field, FaultList& faults) {
  return check_range(value, range.low, range.high, field, faults);
}

bool check_value(double value, const RealRange& range, const FieldPath& field, FaultList& faults) {
  if ((range.above ? value > range.low : value >= range.low) && value <= range.high) return true;
  faults.error(field, "is " + shown(value),
               range.above ? fmt::format("must be above {} and at most {}", range.low, range.high)
                           : fmt::format("must be {} to {}", range.low, range.high));
  return false;
}

bool check_value(bool, const AnyValue&, const FieldPath&, FaultList&) { return true; }

bool check_value(Activation value, const AnyValue&, const FieldPath& field, FaultList& faults) {
  return check_enum(value, Activation::kSigmoid, field, faults);
}

template <class Kind>
bool check_all(const Kind& task, const FieldPath& where, FaultList& faults) {
  bool good = true;
  Kind::fields(task, [&](std::string_view name, const auto& value, const auto& range) {
    good = check_value(value, range, where.at(name), faults) && good;
  });
  return good;
}

void check_sizes(const TrialForm& form, const FieldPath& where, Checking& checking) {
  const auto neurons = [&](PopulationKind kind, std::int64_t wanted, bool may_be_one) {
    const std::int64_t there = known_neurons(checking.spec.network, kind);
    if (there == kUnknown || there == wanted || (may_be_one && there == 1)) return;
    const std::string_view what = kind == PopulationKind::kInput ? "input" : "readout";
    checking.faults.error(where, fmt::format("is for {} {}s, and the network has {}", wanted, what, there),
                          fmt::format("the network must have {}{} {}s", may_be_one ? "1 or " : "", wanted, what));
  };
  neurons(PopulationKind::kInput, form.inputs, false);
  neurons(PopulationKind::kReadout, form.readouts, form.may_be_signed);
  const FieldPath field = FieldPath().at("training").at("ticks");
  const std::int64_t ticks = known_ticks(checking.spec.training);
  if (form.ticks > kLongestTrial) {
    checking.faults.error(where, fmt::format("has trials of {} ticks", form.ticks),
                          fmt::format("must have at most {}", kLongestTrial));
  } else if (!form.any_ticks && ticks != kUnknown && ticks != form.ticks) {
    checking.faults.error(field, fmt::format("is {}", ticks),
                          fmt::format("must be {}, the ticks of the task's trials, or be left out", form.ticks));
  } else if (ticks != kUnknown) {
    checking.budget.take(ticks, form.inputs + form.readouts, where, checking.faults);
  }
}

}  // namespace

bool check_fields(const MimicTask& task, const FieldPath& where, FaultList& faults) {
  return check_all(task, where, faults);
}

void check_synthetic(const SyntheticTask& task, const FieldPath& root, Checking& checking) {
  const FieldPath where = root.at(name(task));
  if (task.patterns != 0) check_range(task.patterns, 1, kMostPatterns, where.at("patterns"), checking.faults);
  const bool good = std::visit([&](const auto& kind) { return check_all(kind, where, checking.faults); }, task.kind);
  if (!good) return;
  std::visit(
      [&](const auto& kind) {
        if constexpr (requires { kind.conflict(std::int64_t{}, double{}); }) {
          const auto found = kind.conflict(checking.spec.training.ticks, checking.spec.training.dt);
          if (found) checking.faults.error(where.at(found->field), found->what, found->allowed);
        }
      },
      task.kind);
  check_sizes(form_of(task), where, checking);
}

}  // namespace locus
