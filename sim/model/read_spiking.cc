#include "sim/model/read_spiking.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/network_size.h"
#include "sim/model/requirements.h"

namespace locus {
namespace {

/// A number that must be given or has a default, above `low` (or at least `low`) and finite.
enum class Bound { kAbove, kAtLeast };

double read_number(bool given, double value, std::optional<double> otherwise, Bound bound, const FieldPath& field,
                   FaultList& faults) {
  const std::string allowed = bound == Bound::kAbove ? "must be above 0" : "must be at least 0";
  if (!given && !otherwise) {
    faults.error(field, "is missing", "must be given, " + allowed.substr(8));
    return 1;
  }
  if (!given) return *otherwise;
  if (std::isfinite(value) && (bound == Bound::kAbove ? value > 0 : value >= 0)) return value;
  faults.error(field, "is " + shown(value), allowed + " and finite");
  return 1;
}

Surrogate surrogate_of(v1::Population::Lif::Surrogate::Kind kind) {
  switch (kind) {
    case v1::Population::Lif::Surrogate::EXPONENTIAL: return Surrogate::kExponential;
    case v1::Population::Lif::Surrogate::FAST_SIGMOID: return Surrogate::kFastSigmoid;
    case v1::Population::Lif::Surrogate::ARCTAN: return Surrogate::kArctan;
    // a number without a name is a fault already (parse.cc)
    default: return Surrogate::kPiecewiseLinear;
  }
}

double read_decay(bool given, double value, double otherwise, const FieldPath& field, FaultList& faults) {
  if (!given) return otherwise;
  if (value >= 0 && value < 1) return value;
  faults.error(field, "is " + shown(value), "must be at least 0 and below 1");
  return otherwise;
}

/// Delays of one network, at its field.
void check_delays(const NetworkSpec& network, const FieldPath& where, std::int32_t ticks, FaultList& faults) {
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& projection = network.projections[i];
    if (!projection.delay || projection.source < 0 || projection.target < 0) continue;
    const std::int32_t least = shortest_delay(network, projection);
    const FieldPath field = where.at("projections", static_cast<int>(i)).at("delay");
    if (*projection.delay < least) {
      faults.error(field, fmt::format("is {}", *projection.delay),
                   least == 0 ? "must be at least 0"
                              : "must be at least 1 from a rate or spiking population to one, for the sake of causes");
    } else if (ticks > 0 && *projection.delay > ticks) {
      faults.error(field, fmt::format("is {}", *projection.delay),
                   fmt::format("must be at most {}, the ticks of a trial", ticks));
    }
  }
}

/// What is under way at a trial's end arrives nowhere, so how a trial begins is told of projections
/// without a wait only.
void check_begin_beside_delays(const Spec& spec, FaultList& faults) {
  const NetworkSpec& network = spec.network;
  const bool awake = std::ranges::any_of(network.populations, [](const PopulationSpec& p) { return !p.initial.empty(); });
  if (!awake && !spec.training.carry_state) return;
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& projection = network.projections[i];
    if (!projection.delay || projection.source < 0 || projection.target < 0) continue;
    if (*projection.delay == shortest_delay(network, projection)) continue;
    faults.error(
        FieldPath().at("network").at("projections", static_cast<int>(i)).at("delay"),
        fmt::format("is {}, and {}", *projection.delay, awake ? "a population has initial" : "carry_state is true"),
        fmt::format("must be {} beside it", shortest_delay(network, projection)));
  }
}

/// On a chip a packet carries what a neuron says to all that it reaches, so that AXON of one kind
/// (B, W or A) must arrive together.
void check_delays_beside_chip(const Spec& spec, FaultList& faults) {
  if (!spec.chip) return;
  const NetworkSpec& network = spec.network;
  const auto same_kind = [&](std::int32_t one, std::int32_t other) {
    return kind_of(network, one) == kind_of(network, other);
  };
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& one = network.projections[i];
    if (!one.delay || one.source < 0 || one.target < 0) continue;
    for (std::size_t k = 0; k < network.projections.size(); ++k) {
      const ProjectionSpec& other = network.projections[k];
      // the later one of two is told
      if (other.source < 0 || other.target < 0 || (other.delay && k > i)) continue;
      if (!same_kind(one.source, other.source) || !same_kind(one.target, other.target)) continue;
      if (wait_of(network, one) == wait_of(network, other)) continue;
      faults.error(FieldPath().at("network").at("projections", static_cast<int>(i)).at("delay"),
                   fmt::format("is {}, that of projection {} is {}", *one.delay, other.name,
                               wait_of(network, other) + shortest_delay(network, other)),
                   "must be the same for all projections between the same kinds of populations beside a chip, whose packets leave "
                   "and arrive together");
      break;
    }
  }
}

void check_teacher_delays(const NetworkSpec& teacher, FaultList& faults) {
  const FieldPath where = FieldPath().at("task").at("student_teacher").at("teacher");
  for (std::size_t i = 0; i < teacher.projections.size(); ++i) {
    const ProjectionSpec& projection = teacher.projections[i];
    if (projection.source < 0 || projection.target < 0 || wait_of(teacher, projection) == 0) continue;
    faults.error(where.at("projections", static_cast<int>(i)).at("delay"), fmt::format("is {}", *projection.delay),
                 fmt::format("must be {} in a teacher, which has no others", shortest_delay(teacher, projection)));
  }
}

void check_refractory(const NetworkSpec& network, const FieldPath& where, double dt, FaultList& faults) {
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const std::optional<LifSpec>& lif = network.populations[i].lif;
    if (!lif || !(dt > 0)) continue;
    const double ticks = lif->refractory / dt;
    if (std::abs(ticks - std::round(ticks)) <= 1e-9 * std::max(1.0, ticks)) continue;
    faults.error(where.at("populations", static_cast<int>(i)).at("lif").at("refractory"), "is " + shown(lif->refractory),
                 fmt::format("must be a whole number of ticks of training.dt_ms, {} ms", shown(dt)));
  }
}

}  // namespace

LifSpec read_lif(const v1::Population::Lif& message, const FieldPath& where, FaultList& faults) {
  LifSpec lif;
  lif.leak.tau_m = read_number(message.has_tau_m(), message.tau_m(), {}, Bound::kAbove, where.at("tau_m"), faults);
  lif.leak.normalise_input = message.normalise_input();
  lif.threshold =
      read_number(message.has_threshold(), message.threshold(), {}, Bound::kAbove, where.at("threshold"), faults);
  lif.refractory =
      read_number(message.has_refractory(), message.refractory(), 0, Bound::kAtLeast, where.at("refractory"), faults);
  const v1::Population::Lif::Surrogate& surrogate = message.surrogate();
  const FieldPath stand_in = where.at("surrogate");
  lif.surrogate = surrogate_of(surrogate.kind());
  lif.height =
      read_number(surrogate.has_height(), surrogate.height(), 0.3, Bound::kAtLeast, stand_in.at("height"), faults);
  lif.width = read_number(surrogate.has_width(), surrogate.width(), 1, Bound::kAbove, stand_in.at("width"), faults);
  if (!message.has_adaptation()) return lif;
  const FieldPath field = where.at("adaptation");
  const v1::Population::Lif::Adaptation& adaptation = message.adaptation();
  lif.adaptation_tau = read_number(adaptation.has_tau(), adaptation.tau(), {}, Bound::kAbove, field.at("tau"), faults);
  lif.adaptation = read_number(adaptation.has_beta(), adaptation.beta(), {}, Bound::kAtLeast, field.at("beta"), faults);
  return lif;
}

std::optional<LeakSpec> read_memory(const v1::Population::Readout& message, const FieldPath& where, FaultList& faults) {
  if (!message.has_tau_m()) {
    if (message.normalise_input())
      faults.error(where.at("normalise_input"), "is true without tau_m", "must stand with tau_m");
    return std::nullopt;
  }
  return LeakSpec{read_number(true, message.tau_m(), {}, Bound::kAbove, where.at("tau_m"), faults),
                  message.normalise_input()};
}

Optimizer read_optimizer(const v1::Training::Optimizer& message, const FieldPath& where, FaultList& faults) {
  Optimizer optimizer;
  if (message.has_adam()) {
    const v1::Training::Optimizer::Adam& adam = message.adam();
    const FieldPath field = where.at("adam");
    Optimizer::Adam read;
    read.beta1 = read_decay(adam.has_beta1(), adam.beta1(), read.beta1, field.at("beta1"), faults);
    read.beta2 = read_decay(adam.has_beta2(), adam.beta2(), read.beta2, field.at("beta2"), faults);
    read.epsilon =
        read_number(adam.has_epsilon(), adam.epsilon(), read.epsilon, Bound::kAbove, field.at("epsilon"), faults);
    optimizer.adam = read;
  }
  const auto bound = [&](bool given, double value, std::string_view field) -> std::optional<double> {
    if (!given) return std::nullopt;
    if (!std::isfinite(value)) faults.error(where.at(field), "is " + shown(value), "must be finite");
    return value;
  };
  optimizer.weight_min = bound(message.has_weight_min(), message.weight_min(), "weight_min");
  optimizer.weight_max = bound(message.has_weight_max(), message.weight_max(), "weight_max");
  if (optimizer.weight_min && optimizer.weight_max && *optimizer.weight_min > *optimizer.weight_max) {
    faults.error(where.at("weight_max"), "is " + shown(*optimizer.weight_max),
                 "must be at least weight_min, which is " + shown(*optimizer.weight_min));
  }
  return optimizer;
}

void read_eprop_terms(const v1::Rule::Eprop& message, const FieldPath& where, RuleSpec& rule, FaultList& faults) {
  rule.average_over_window = message.average_over_window();
  rule.filter_tau =
      read_number(message.has_filter_tau(), message.filter_tau(), 0, Bound::kAtLeast, where.at("filter_tau"), faults);
  if (!message.has_firing_rate()) return;
  const v1::Rule::Eprop::FiringRate& rate = message.firing_rate();
  const FieldPath field = where.at("firing_rate");
  rule.firing_rate = FiringRateSpec{
      read_number(rate.has_target_hz(), rate.target_hz(), {}, Bound::kAtLeast, field.at("target_hz"), faults),
      read_number(rate.has_strength(), rate.strength(), {}, Bound::kAtLeast, field.at("strength"), faults)};
}

DenseMatrix target_of_class(std::int32_t chosen, std::int64_t ticks, std::int64_t readouts) {
  DenseMatrix target{ticks, readouts, {}};
  target.values.assign(static_cast<std::size_t>(ticks * readouts), 0);
  for (std::int64_t t = 0; t < ticks; ++t) target.values[static_cast<std::size_t>(t * readouts + chosen)] = 1;
  return target;
}

void check_spiking(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  const TrainingSpec& training = spec.training;
  check_delays(spec.network, root.at("network"), training.ticks, faults);
  check_begin_beside_delays(spec, faults);
  check_delays_beside_chip(spec, faults);
  if (const auto* task = std::get_if<StudentTeacherTask>(&spec.task)) check_teacher_delays(task->teacher, faults);
  check_refractory(spec.network, root.at("network"), training.dt, faults);
  if (const auto* taught = std::get_if<StudentTeacherTask>(&spec.task))
    check_refractory(taught->teacher, root.at("task").at("student_teacher").at("teacher"), training.dt, faults);
  if (training.window > training.ticks && training.ticks > 0) {
    faults.error(root.at("training").at("window"), fmt::format("is {}", training.window),
                 fmt::format("must be at most {}, the ticks of a trial", training.ticks));
  }
  if (training.warmup >= training.ticks && training.ticks > 0 && training.loss != Loss::kFinal) {
    faults.error(root.at("training").at("warmup_ticks"), fmt::format("is {}", training.warmup),
                 fmt::format("must be below {}, the ticks of a trial", training.ticks));
  }
  const std::int64_t readouts = known_neurons(spec.network, PopulationKind::kReadout);
  if (training.loss == Loss::kCrossEntropy && readouts == 1)
    faults.error(root.at("training").at("loss"), "is CROSS_ENTROPY, and the network has 1 readout",
                 "is for 2 and more, one a class");
  if (training.commit == CommitWhen::kEveryTick) {
    if (const std::string lack = unlike_rate(spec.network); !lack.empty())
      faults.error(root.at("training").at("commit"), "is EVERY_TICK, and the network has " + lack, "must be END_OF_BATCH");
  }
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const RuleSpec& rule = spec.rules[i];
    const FieldPath where = root.at("rules", static_cast<int>(i));
    if (const std::string lack = not_offered(rule.kind, spec.network); !lack.empty())
      faults.error(where.at("rtrl"), "is not offered in a network with " + lack, "");
    if (has_spikes(spec.network)) continue;
    const auto only_spiking = [&](std::string_view field) {
      faults.error(where.at("eprop").at(field), "is given, and the network has no spiking population",
                   "is for spiking populations only");
    };
    if (rule.filter_tau > 0) only_spiking("filter_tau");
    if (rule.firing_rate) only_spiking("firing_rate");
  }
}

}  // namespace locus
