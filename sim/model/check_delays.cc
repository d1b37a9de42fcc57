// Delays of projections and refractory times of spiking neurons, held against the training's ticks.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

FieldPath delay_field(const FieldPath& where, std::size_t projection) {
  return where.at("projections", static_cast<int>(projection)).at("delay");
}

/// Delays of one network, at its field.
void check_network_delays(const NetworkSpec& network, const FieldPath& where, std::int64_t ticks, FaultList& faults) {
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& projection = network.projections[i];
    if (!projection.delay || !has_known_ends(network, projection)) continue;
    const std::int32_t least = shortest_delay(network, projection);
    if (*projection.delay < least) {
      faults.error(delay_field(where, i), fmt::format("is {}", *projection.delay),
                   least == 0 ? "must be at least 0"
                              : "must be at least 1 from a rate or spiking population to one, for the sake of causes");
    } else if (*projection.delay > (ticks == kUnknown ? kLongestTrial : ticks)) {
      faults.error(delay_field(where, i), fmt::format("is {}", *projection.delay),
                   ticks == kUnknown ? fmt::format("must be at most {}", kLongestTrial)
                                     : fmt::format("must be at most {}, the ticks of a trial", ticks));
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
    if (!projection.delay || !has_known_ends(network, projection)) continue;
    if (*projection.delay == shortest_delay(network, projection)) continue;
    faults.error(
        delay_field(FieldPath().at("network"), i),
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
  // what inputs send is of one kind, to rate neurons and readouts alike
  const auto same_target = [&](const ProjectionSpec& one, const ProjectionSpec& other) {
    return kind_of(network, one.source) == PopulationKind::kInput || same_kind(one.target, other.target);
  };
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    const ProjectionSpec& one = network.projections[i];
    if (!one.delay || !has_known_ends(network, one)) continue;
    for (std::size_t k = 0; k < network.projections.size(); ++k) {
      const ProjectionSpec& other = network.projections[k];
      // the later one of two is told
      if (!has_known_ends(network, other) || (other.delay && k > i)) continue;
      if (other.is_bias || !same_kind(one.source, other.source) || !same_target(one, other)) continue;
      if (wait_of(network, one) == wait_of(network, other)) continue;
      faults.error(delay_field(FieldPath().at("network"), i),
                   fmt::format("is {}, that of projection {} is {}", *one.delay, other.name,
                               wait_of(network, other) + shortest_delay(network, other)),
                   "must be the same for all projections between the same kinds of populations beside a chip, whose packets leave "
                   "and arrive together");
      break;
    }
  }
}

void check_teacher_delays(const NetworkSpec& teacher, const FieldPath& where, FaultList& faults) {
  for (std::size_t i = 0; i < teacher.projections.size(); ++i) {
    const ProjectionSpec& projection = teacher.projections[i];
    if (!projection.delay || !has_known_ends(teacher, projection)) continue;
    const std::int32_t least = shortest_delay(teacher, projection);
    if (*projection.delay == least) continue;
    faults.error(delay_field(where, i), fmt::format("is {}", *projection.delay),
                 fmt::format("must be {} in a teacher, which has no others", least));
  }
}

void check_refractory(const NetworkSpec& network, const FieldPath& where, double dt, FaultList& faults) {
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const std::optional<LifSpec>& lif = network.populations[i].lif;
    if (!lif || !(std::isfinite(dt) && dt > 0)) continue;
    const double ticks = lif->refractory / dt;
    if (!(ticks >= 0)) continue;  // told already
    if (std::abs(ticks - std::round(ticks)) <= 1e-9 * std::max(1.0, ticks)) continue;
    faults.error(where.at("populations", static_cast<int>(i)).at("lif").at("refractory"), "is " + shown(lif->refractory),
                 fmt::format("must be a whole number of ticks of training.dt_ms, {} ms", shown(dt)));
  }
}

/// Euler's decay 1 - dt / tau must not be negative.
void check_euler(const NetworkSpec& network, const FieldPath& where, double dt, FaultList& faults) {
  for (std::size_t i = 0; i < network.populations.size(); ++i) {
    const std::optional<LifSpec>& lif = network.populations[i].lif;
    if (!lif || lif->integration != Integration::kEuler || !(std::isfinite(dt) && dt > 0)) continue;
    const FieldPath field = where.at("populations", static_cast<int>(i)).at("lif");
    const auto check = [&](const PerNeuron& constant, const FieldPath& of) {
      for (const double tau : constant.values) {
        if (!(tau > 0 && tau < dt)) continue;
        faults.error(of, "holds " + shown(tau),
                     fmt::format("must be at least training.dt_ms, {} ms, since integration is EULER", shown(dt)));
        return;  // one a field: more of them tell no more
      }
    };
    check(lif->leak.tau_m, field.at("tau_m"));
    if (lif->current_tau) check(*lif->current_tau, field.at("current").at("tau"));
  }
}

}  // namespace

void check_delays(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  check_network_delays(spec.network, root.at("network"), known_ticks(spec.training), faults);
  check_begin_beside_delays(spec, faults);
  check_delays_beside_chip(spec, faults);
  check_refractory(spec.network, root.at("network"), spec.training.dt, faults);
  check_euler(spec.network, root.at("network"), spec.training.dt, faults);
  const auto* taught = std::get_if<StudentTeacherTask>(&spec.task);
  if (taught == nullptr) return;
  const FieldPath teacher = root.at("task").at("student_teacher").at("teacher");
  check_teacher_delays(taught->teacher, teacher, faults);
  check_refractory(taught->teacher, teacher, spec.training.dt, faults);
  check_euler(taught->teacher, teacher, spec.training.dt, faults);
}

}  // namespace locus
