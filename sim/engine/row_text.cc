#include "sim/engine/row_text.h"

namespace locus {
namespace {

/// e-prop onto spiking neurons (core/protocol/rule.cc has its equations).
RowText spiking_eprop(const RuleSpec& rule, const PopulationSpec& target, double dt) {
  const LifParameters lif = lif_parameters(*target.lif, dt);
  RowText row;
  LocalText& text = row.text;
  const auto keep = [&](const char* name, const char* next) { text.traces.push_back({name, next}); };
  const bool has_current = target.lif->current_tau.has_value();
  if (has_current) {
    text.constants.push_back({"delta", lif.current_decay});
    keep("i", "delta*i + pre");
  }
  keep("z", has_current ? "decay*z + drive*i" : "decay*z + drive*pre");
  if (target.lif->adapts()) {
    text.constants.push_back({"beta", lif.adaptation});
    text.constants.push_back({"rho", lif.adaptation_decay});
    keep("e", "gain*(z - beta*a)");
    keep("a", "rho*a + e");
  } else {
    keep("e", "gain*z");
  }
  const bool filters = rule.filter_tau > 0;
  if (filters) {
    text.constants.push_back({"kappa", decay_of(rule.filter_tau, dt)});
    keep("f", "kappa*f + (1 - kappa)*e");
  }
  text.changes = {{filters ? "signal*f" : "signal*e"}};
  if (rule.firing_rate) {
    keep("total", "total + e");
    row.summed = "total";
  }
  return row;
}

RowText online_row(const RuleSpec& rule, const PopulationSpec& target, double dt) {
  RowText row;
  LocalText& text = row.text;
  const bool spiking = target.lif.has_value();
  if (locus::rule(rule.kind).decay == DecaySource::kNeuron) {
    if (spiking) {
      row = spiking_eprop(rule, target, dt);
    } else {
      text.traces = {{"p", "(decay + gain*own_weight)*p + gain*pre"}};
      text.changes = {{"signal*p"}};
    }
  } else {
    if (rule.trace_decay) text.constants = {{"lambda", *rule.trace_decay}};
    const std::string decay = rule.trace_decay ? "lambda" : "decay";
    text.traces = {{"p", decay + (spiking ? "*p + gain*drive*pre" : "*p + gain*pre")}};
    text.changes = {{"signal*p"}};
  }
  text.signal = locus::rule(rule.kind).signal == SignalSource::kFeedback ? LocalSignal::kFeedback : LocalSignal::kSymmetric;
  return row;
}

/// The delta rule of readouts, whose signal is their own error; those with memory filter what
/// arrives.
RowText readout_row(const PopulationSpec& target, double dt) {
  RowText row;
  row.text.signal = LocalSignal::kFeedback;
  if (!target.memory) {
    row.text.changes = {{"signal*pre"}};
    return row;
  }
  const double decay = decay_of(target.memory->tau_m, dt);
  row.text.constants = {{"kappa", decay}, {"zeta", target.memory->normalise_input ? 1 - decay : 1}};
  row.text.traces = {{"s", "kappa*s + zeta*pre"}};
  row.text.changes = {{"signal*s"}};
  return row;
}

}  // namespace

std::optional<RowText> row_text(const RuleSpec& rule, const Spec& spec, const ProjectionSpec& projection) {
  const Rule& row = locus::rule(rule.kind);
  if (!projection.plastic || row.drive == Drive::kNothing) return std::nullopt;
  const PopulationSpec& target = spec.network.populations[static_cast<std::size_t>(projection.target)];
  if (target.kind == PopulationKind::kReadout) {
    if (!brings_signal(row.signal)) return std::nullopt;
    return readout_row(target, spec.training.dt);
  }
  if (row.drive != Drive::kOnline) return std::nullopt;
  if (is_local(rule.kind)) return RowText{rule.local, {}};
  return online_row(rule, target, spec.training.dt);
}

}  // namespace locus
