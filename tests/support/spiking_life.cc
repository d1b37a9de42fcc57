// The forward half of the oracle: the network of the spec, a trial, its loss, its messages and its
// memory.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/spiking_world.h"

namespace locus::spiking {

using oracle::Synapse;

namespace {

double decay(double tau, double dt) { return tau > 0 ? std::exp(-dt / tau) : 0; }

double membrane_decay(double tau, double dt, const LifSpec& lif) {
  return lif.integration == Integration::kEuler ? 1 - dt / tau : decay(tau, dt);
}

Unit unit_of(const LifSpec& lif, std::size_t k, double dt) {
  const auto pick = [k](const PerNeuron& all) { return all.values.at(all.values.size() == 1 ? 0 : k); };
  Unit u{};
  u.alpha = membrane_decay(pick(lif.leak.tau_m), dt, lif);
  u.zeta = lif.leak.normalise_input ? 1 - u.alpha : 1;
  u.threshold = pick(lif.threshold);
  u.refractory = std::round(lif.refractory / dt);
  u.rho = decay(pick(lif.adaptation_tau), dt);
  u.beta = pick(lif.adaptation);
  u.height = lif.height;
  u.width = lif.width;
  u.surrogate = lif.surrogate;
  u.filters = lif.current_tau.has_value();
  u.delta = u.filters ? membrane_decay(pick(*lif.current_tau), dt, lif) : 0;
  u.rest = (1 - u.alpha) * pick(lif.rest);
  u.reset = lif.reset;
  u.reset_to = pick(lif.reset_to);
  u.above = lif.above;
  u.cut = lif.cuts_reset_gradient;
  return u;
}

double psi_of(const Unit& u, double d) {
  const double x = std::abs(d) / u.width;
  switch (u.surrogate) {
    case Surrogate::kPiecewiseLinear: return u.height * std::max(0.0, 1 - x);
    case Surrogate::kExponential: return u.height * std::exp(-x);
    case Surrogate::kFastSigmoid: return u.height / ((1 + x) * (1 + x));
    case Surrogate::kArctan: return u.height / (1 + x * x);
  }
  return 0;
}

}  // namespace

World::World(const Spec& spec, const RuleSpec& rule, Mutation mutation)
    : spec_(spec), rule_(rule), mutation_(mutation) {
  net = oracle::flatten(spec, rule);
  const TrainingSpec& training = spec.training;
  const double dt = training.dt;
  for (const PopulationSpec& p : spec.network.populations) {
    const auto size = static_cast<std::size_t>(p.size);
    if (p.kind == PopulationKind::kRate) {
      if (!p.lif) throw std::invalid_argument("the spiking oracle takes spiking populations only");
      for (std::size_t k = 0; k < size; ++k) {
        units.push_back(unit_of(*p.lif, k, dt));
        if (mutation == Mutation::kRestsATickLonger) units.back().refractory += 1;
      }
      // of a population in which some adapt, the synapses of all keep the trace for it
      const auto& betas = p.lif->adaptation.values;
      adapts.insert(adapts.end(), size, std::ranges::any_of(betas, [](double beta) { return beta != 0; }));
    }
    if (p.kind == PopulationKind::kReadout) {
      Out o;
      if (p.memory) o.alpha = decay(p.memory->tau_m, dt);
      if (p.memory && p.memory->normalise_input) o.zeta = 1 - o.alpha;
      o.leaky = p.memory.has_value();
      outs.insert(outs.end(), size, o);
    }
  }
  T = training.ticks;
  if (const auto* task = std::get_if<RecordedTask>(&spec.task))
    weighs_ = std::ranges::any_of(task->trials, [&](const RecordedTrial& each) { return late_of(each, T) > 0; });
  switch (training.loss) {
    case Loss::kFinal: window = 1; break;
    default: window = training.window > 0 ? training.window : T - training.warmup;
  }
  kappa = decay(rule.filter_tau, dt);
  if (rule.trace_decay) lambda = *rule.trace_decay;
  if (mutation == Mutation::kLearnsDiagonal) {  // as if the diagonal had synapses
    for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
      if (spec.network.projections[p].autapses) continue;
      std::size_t begin = 0;
      for (std::size_t q = 0; q < static_cast<std::size_t>(spec.network.projections[p].target); ++q)
        begin += spec.network.populations[q].kind == PopulationKind::kRate
                     ? static_cast<std::size_t>(spec.network.populations[q].size)
                     : 0;
      const auto size = static_cast<std::size_t>(
          spec.network.populations[static_cast<std::size_t>(spec.network.projections[p].target)].size);
      for (std::size_t i = 0; i < size; ++i) {
        Synapse self;
        self.projection = static_cast<std::int32_t>(p);
        self.entry = i * size + i;
        self.source = self.target = begin + i;
        self.delay = 1;
        self.rate = oracle::rate_of(spec, rule, spec.network.projections[p]);
        net.w.push_back(self);
      }
    }
  }
  kept_[0].resize(net.b.size());
  kept_[1].resize(net.w.size());
  kept_[2].resize(net.a.size());
  kept_[3].resize(net.d.size());
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    answer.weights.emplace_back(oracle::entries_of(spec, p), 0.0);
    answer.delta.emplace_back(oracle::entries_of(spec, p), 0.0);
  }
  for (const std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (const Synapse& s : *block) answer.weights[static_cast<std::size_t>(s.projection)][s.entry] = s.weight;
  }
}

State World::rest() const {
  const Row none(net.units, 0);
  return {none, none, none, none, Row(net.readouts, 0), none};
}

Life World::run_trial(const RecordedTrial& trial, State& state) {
  const auto ticks = static_cast<std::size_t>(T);
  const std::size_t n = net.units;
  Life life;
  Rows inputs(ticks + 1, Row(net.inputs, 0));
  oracle::read_input(net, trial, inputs);
  life.x.assign(inputs.begin() + 1, inputs.end());
  life.z.assign(ticks, Row(n, 0));
  life.psi = life.z;
  life.v = life.z;
  life.y.assign(ticks, Row(net.readouts, 0));
  life.eps = life.y;
  life.count.assign(n, 0);
  auto& [v, a, r, before, y, filtered] = state;
  life.start = before;
  life.late = late_of(trial, T);
  for (std::size_t t = 0; t < ticks; ++t) {
    Row current(n, 0);
    const int now = static_cast<int>(t);
    for (const Synapse& s : net.w) current[s.target] += s.weight * arriving_spike(life, now, s);
    for (const Synapse& s : net.b) current[s.target] += s.weight * arriving(life.x, now, s);
    for (std::size_t i = 0; i < n && now >= life.late; ++i) {
      const Unit& u = units[i];
      current[i] += net.noise[i].at(answer.trials, t + 1 - static_cast<std::size_t>(life.late));
      r[i] = std::max(r[i] - 1, 0.0);
      double reset = u.reset == Reset::kSubtractNextTick ? u.threshold * before[i] : 0;
      if (mutation_ == Mutation::kNoReset) reset = 0;
      if (mutation_ == Mutation::kResetByThreshold) reset = (u.threshold + u.beta * a[i]) * before[i];
      if (mutation_ == Mutation::kResetBeforeLeak) reset *= u.alpha;
      filtered[i] = u.delta * filtered[i] + current[i];
      v[i] = u.zeta * filtered[i] + u.alpha * v[i] + u.rest - reset;
      if (mutation_ != Mutation::kAdaptsAtOnce) a[i] = u.rho * a[i] + before[i];
      if (mutation_ == Mutation::kAdaptsAtOnce) a[i] *= u.rho;
      const double d = v[i] - (u.threshold + u.beta * a[i]);
      const double seen = mutation_ == Mutation::kPsiAgainstBaseThreshold ? v[i] - u.threshold : d;
      life.psi[t][i] = r[i] > 0 && mutation_ != Mutation::kPsiWhileResting ? 0 : psi_of(u, seen);
      life.v[t][i] = v[i];
      if ((u.above ? d > 0 : d >= 0) && r[i] == 0) {
        if (u.reset == Reset::kSubtract) v[i] -= u.threshold;
        if (u.reset == Reset::kZero) v[i] = u.reset_to;
        life.z[t][i] = 1;
        r[i] = u.refractory;
        const bool last = t + 1 == ticks;
        if (!(last && mutation_ == Mutation::kRateWithoutLastTick)) life.count[i] += 1;
        if (mutation_ == Mutation::kAdaptsAtOnce) a[i] += 1;
      }
    }
    const int ahead = mutation_ == Mutation::kReadoutATickLate ? -1 : 0;
    Row sum(net.readouts, 0);
    for (const Synapse& s : net.a) sum[s.target] += s.weight * arriving_spike(life, now, s, ahead);
    for (const Synapse& s : net.d) sum[s.target] += s.weight * arriving(life.x, now, s);
    for (std::size_t k = 0; k < net.readouts; ++k) y[k] = outs[k].zeta * sum[k] + outs[k].alpha * y[k];
    life.y[t] = y;
    before = life.z[t];
    if (!learns() || !has_error(now, life.late)) continue;
    double norm = 0;
    for (std::size_t k = 0; k < net.readouts; ++k) norm += std::exp(y[k]);
    for (std::size_t k = 0; k < net.readouts; ++k) {
      const bool classes = spec_.training.loss == Loss::kCrossEntropy;
      const double e = (classes ? std::exp(y[k]) / norm : y[k]) - target_at(trial, static_cast<int>(t), k);
      life.eps[t][k] = is_mean() ? e / ticks_with_error(life.late) : e;
    }
  }
  return life;
}

double World::loss(const Life& life, const RecordedTrial& trial) const {
  double sum = 0;
  for (int t = 0; t < T; ++t) {
    if (!has_error(t, life.late)) continue;
    const Row& y = life.y[static_cast<std::size_t>(t)];
    double norm = 0;
    for (const double value : y) norm += std::exp(value);
    for (std::size_t k = 0; k < y.size(); ++k) {
      const double wanted = target_at(trial, t, k);
      if (spec_.training.loss == Loss::kCrossEntropy) {
        sum -= wanted * std::log(std::exp(y[k]) / norm) / std::min(window, T - life.late);
      } else {
        const double e = y[k] - wanted;
        sum += 0.5 * e * e / (is_mean() ? std::min(window, T - life.late) : 1);
      }
    }
  }
  return sum;
}

void World::count_forward(const Life& life) {
  for (int t = 0; t < T; ++t) {
    const auto axon = [&](const Synapse& s, double activity) {
      if (activity == 0 || s.is_bias) return;
      send(Channel::kAxon, 0, 1, 1);
      send(Channel::kDendrite, 0, 1, 1);
    };
    for (const Synapse& s : net.b) axon(s, arriving(life.x, t, s));
    for (const Synapse& s : net.w) axon(s, arriving_spike(life, t, s));
    for (const Synapse& s : net.a) axon(s, arriving_spike(life, t, s));
    for (const Synapse& s : net.d) axon(s, arriving(life.x, t, s));
    if (!learns() || !has_error(t)) continue;
    const auto o = static_cast<std::int64_t>(net.readouts);
    if (t >= life.late) send(Channel::kTarget, 0, o, weighs_ ? 2 : 1);
    if (spec_.training.loss == Loss::kCrossEntropy) send(Channel::kNorm, 0, o * (o - 1), 1);
  }
}

void World::measure_memory() {
  const std::int64_t scalar = 8;
  const std::int64_t wide = 64;  // bits of a number that is no spike
  const auto n = static_cast<std::int64_t>(net.units);
  std::int64_t spiking = 0;
  for (const PopulationSpec& population : spec_.network.populations) spiking += population.lif ? population.size : 0;
  const std::int64_t late_spikes = oracle::under_way(spec_, false, true);
  const std::int64_t late = oracle::under_way(spec_, false);
  std::int64_t bits = wide * (oracle::under_way(spec_, true) + late - late_spikes) + late_spikes;
  if (rule_.kind == RuleKind::kBptt || rule_.kind == RuleKind::kTbptt) {
    const bool whole = rule_.kind == RuleKind::kBptt;
    const std::int64_t depth = whole || rule_.depth == 0 ? T : std::min(rule_.depth, T);
    const std::int64_t stride = whole ? T : std::min(rule_.stride, T);
    bits += wide * late;      // activities on their way, kept by the agent
    std::int64_t resets = 0;  // neurons that need the voltage of each tick again
    for (const Unit& u : units) resets += u.reset == Reset::kZero && !u.cut ? 1 : 0;
    bits += depth * (wide * (static_cast<std::int64_t>(net.actors) + 2 * n + resets - spiking) + spiking) +
            wide * n * (std::min<std::int64_t>(stride, window) - 1);
  }
  answer.history_bytes = (bits + 7) / 8;
  if (!learns()) return;
  for (const std::vector<Synapse>* block : {&net.b, &net.w}) {
    for (const Synapse& s : *block) {
      if (!s.plastic) continue;
      if (eprop()) answer.trace_bytes += scalar * (adapts[s.target] ? 3 : 2);
      if (rule_.kind == RuleKind::kRflo) answer.trace_bytes += scalar;
      if ((eprop() || rule_.kind == RuleKind::kRflo) && units[s.target].filters) answer.trace_bytes += scalar;
    }
  }
  for (const std::vector<Synapse>* block : {&net.a, &net.d}) {
    for (const Synapse& s : *block) answer.trace_bytes += s.plastic && outs[s.target].leaky ? scalar : 0;
  }
}

}  // namespace locus::spiking
