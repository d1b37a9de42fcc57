// The learning of the oracle: e-prop and RFLO forwards, sweeps backwards, tangents, commits.
#include <algorithm>
#include <cmath>

#include "tests/support/spiking_world.h"

namespace locus::spiking {

using oracle::Synapse;

/// L_j of a tick: over R, or symmetric over A.
Row World::signals(const Life& life, int t) const {
  Row signal(net.units, 0);
  if (t < 0) return signal;
  const Row& eps = life.eps[static_cast<std::size_t>(t)];
  if (rule_.kind == RuleKind::kEprop) {
    for (const Synapse& s : net.a) signal[s.source] += s.weight * eps[s.target];
  } else {
    for (const Synapse& s : net.r) signal[s.target] += s.weight * eps[s.source];
  }
  return signal;
}

void World::learn_online(const Life& life) {
  for (int block = 0; block < 2; ++block) {
    for (Kept& k : kept(block)) k.filtered = k.trace = k.adapted = k.low_pass = k.total = 0;
  }
  for (int t = 0; t < T; ++t) {
    const auto tick = static_cast<std::size_t>(t);
    const Row signal = signals(life, mutation_ == Mutation::kSignalATickLate ? t - 1 : t);
    count_news(life, t, signal);
    const int ahead = mutation_ == Mutation::kTraceOfOwnTick ? 1 : 0;
    for (int block = 0; block < 2; ++block) {
      std::vector<Synapse>& synapses = block == 0 ? net.b : net.w;
      for (std::size_t q = 0; q < synapses.size(); ++q) {
        Synapse& s = synapses[q];
        Kept& k = kept(block)[q];
        const Unit& u = units[s.target];
        const double arrived = block == 0 ? arriving(life.x, t, s) : arriving_spike(life, t, s, ahead);
        k.filtered = u.delta * k.filtered + arrived;
        const double pre = k.filtered;
        const double psi = life.psi[tick][s.target];
        if (!eprop()) {
          k.trace = (lambda >= 0 ? lambda : u.alpha) * k.trace + psi * u.zeta * pre;
          s.delta += signal[s.target] * k.trace;
          continue;
        }
        k.trace = u.alpha * k.trace + (mutation_ == Mutation::kNoZetaInTrace ? 1 : u.zeta) * pre;
        double e = psi * (k.trace - u.beta * k.adapted);
        if (mutation_ == Mutation::kAdaptedAfterUpdate) e = psi * (k.trace - u.beta * (u.rho * k.adapted + e));
        k.adapted = u.rho * k.adapted + e;
        const double old = k.low_pass;
        k.low_pass = kappa * k.low_pass + (mutation_ == Mutation::kNoOneMinusKappa ? 1 : 1 - kappa) * e;
        s.delta += signal[s.target] * (mutation_ == Mutation::kOldLowPass ? old : k.low_pass);
        k.total += mutation_ == Mutation::kRateByLowPass ? k.low_pass : e;
      }
    }
  }
  if (!rule_.firing_rate) return;
  const double strength = rule_.firing_rate->strength / (spec_.training.average_over_window ? averaged_ticks() : 1);
  for (int block = 0; block < 2; ++block) {
    std::vector<Synapse>& synapses = block == 0 ? net.b : net.w;
    for (std::size_t q = 0; q < synapses.size(); ++q) {
      Synapse& s = synapses[q];
      if (s.plastic && !s.is_bias) send(Channel::kPost, 0, 1, 1);
      if (mutation_ == Mutation::kRateOff) continue;
      const double off = life.count[s.target] / T - rule_.firing_rate->target_hz / 1000 * spec_.training.dt;
      s.delta += strength * off / (mutation_ == Mutation::kRateNotByTicks ? 1 : T) * kept(block)[q].total;
    }
  }
}

/// POST of psi and signal from neurons where either is non-zero, FEEDBACK or TRANSPORT from
/// readouts with an error.
void World::count_news(const Life& life, int t, const Row& signal) {
  const auto tick = static_cast<std::size_t>(t);
  for (const std::vector<Synapse>* block : {&net.b, &net.w}) {
    for (const Synapse& s : *block) {
      if (s.plastic && !s.is_bias && (life.psi[tick][s.target] != 0 || signal[s.target] != 0))
        send(Channel::kPost, 0, 1, 2);
    }
  }
  if (rule_.kind == RuleKind::kEprop) return;  // its TRANSPORT is counted with the errors
  for (const Synapse& s : net.r) {
    if (life.eps[tick][s.source] != 0) send(Channel::kFeedback, 0, 1, 1);
  }
}

void World::learn_readouts(const Life& life) {
  for (Kept& k : kept(2)) k.trace = 0;
  for (int t = 0; t < T; ++t) {
    const auto tick = static_cast<std::size_t>(t);
    for (std::size_t q = 0; q < net.a.size(); ++q) {
      Synapse& s = net.a[q];
      Kept& k = kept(2)[q];
      const Out& o = outs[s.target];
      const double spike = arriving_spike(life, t, s, mutation_ == Mutation::kReadoutTraceATickLate ? -1 : 0);
      k.trace = o.alpha * k.trace + o.zeta * spike;
      s.delta += life.eps[tick][s.target] * k.trace;
      if (life.eps[tick][s.target] == 0) continue;
      const bool travels = rule_.kind != RuleKind::kRflo && rule_.kind != RuleKind::kEpropRandom;
      if (s.plastic || travels) send(Channel::kPost, 0, 1, 2);
      if (travels) send(Channel::kTransport, 0, 1, 1);
    }
  }
  for (std::size_t q = 0; q < net.d.size(); ++q) {  // from inputs, to which no error goes back
    Synapse& s = net.d[q];
    const Out& o = outs[s.target];
    double trace = 0;
    for (int t = 0; t < T; ++t) {
      const double epsilon = life.eps[static_cast<std::size_t>(t)][s.target];
      trace = o.alpha * trace + o.zeta * arriving(life.x, t, s);
      s.delta += epsilon * trace;
      if (epsilon != 0 && s.plastic && !s.is_bias) send(Channel::kPost, 0, 1, 2);
    }
  }
}

void World::learn_backwards(const Life& life) {
  const bool whole = rule_.kind == RuleKind::kBptt;
  const int depth = whole || rule_.depth == 0 ? T : std::min(rule_.depth, T);
  const int stride = whole ? T : std::min(rule_.stride, T);
  int swept = 0;  // a sweep has passed the local ticks below this one
  for (int now = 0; now < T; ++now) {
    if (!(now + 1 == T || (has_error(now) && (now + 1) % stride == 0))) continue;
    Row om(net.units, 0);
    // by tick; 0 after the present one
    Rows etas(static_cast<std::size_t>(T) + 1, Row(net.readouts, 0));
    Rows dels(static_cast<std::size_t>(T) + 1, Row(net.units, 0));
    Rows arrivals = dels;  // dL/d(what arrives)
    const auto at = [&](int tick) { return static_cast<std::size_t>(std::min(tick, T)); };
    const int last = std::max(now - depth + 1, 0);
    for (int s = now; s >= last; --s) {
      const auto tick = static_cast<std::size_t>(s);
      const int lag = now - s;
      for (std::size_t k = 0; k < net.readouts; ++k)
        etas[tick][k] = (s >= swept ? life.eps[tick][k] : 0) + outs[k].alpha * etas[tick + 1][k];
      Row lam(net.units, 0);  // the synapse's adjoint at s + delay belongs to the activity of s
      for (const Synapse& q : net.a) lam[q.source] += outs[q.target].zeta * q.weight * etas[at(s + q.delay)][q.target];
      for (const Synapse& q : net.w) lam[q.source] += q.weight * arrivals[at(s + q.delay)][q.target];
      Row& del = dels[tick];
      for (std::size_t i = 0; i < net.units; ++i) {
        const Unit& u = units[i];
        const double later = dels[tick + 1][i];
        const double felt = life.psi[tick][i] * (lam[i] + (u.cut ? 0 : by_spike(life, s, i)) * later + om[i]);
        om[i] = u.rho * om[i] - u.beta * felt;
        del[i] = felt + by_voltage(life, s, i) * later;
        arrivals[tick][i] = u.zeta * del[i] + u.delta * arrivals[tick + 1][i];
      }
      send(Channel::kAdjoint, lag, static_cast<std::int64_t>(net.units), 1);
      for (Synapse& q : net.b) {
        if (!q.plastic) continue;
        const double pre = arriving(life.x, s, q);
        q.delta += arrivals[tick][q.target] * pre;
        if (q.is_bias) continue;
        send(Channel::kPost, lag, 1, 2);
        if (pre != 0) send(Channel::kAxon, lag, 1, 1);
      }
      for (Synapse& q : net.w) {
        const double pre = arriving_spike(life, s, q);
        const bool tells = s - q.delay >= last;
        if (q.plastic) q.delta += arrivals[tick][q.target] * pre;
        if (q.plastic || tells) send(Channel::kPost, lag, 1, 2);
        if (q.plastic && pre != 0) send(Channel::kAxon, lag, 1, 1);
        if (tells) send(Channel::kTransport, lag, 1, 1);
      }
    }
    answer.stalled_ticks += now - last;
    swept = now + 1;
  }
}

void World::commit() {
  Optimizer how = oracle::optimizer_of(spec_, rule_);
  const double share = 1.0 / spec_.training.batch;
  const double step = static_cast<double>(++commits_) + (mutation_ == Mutation::kAdamCountsFromTwo ? 1 : 0);
  if (how.adam && mutation_ == Mutation::kAdamEpsilonInside)
    how.adam->epsilon *= std::sqrt(1 - std::pow(how.adam->beta2, step));
  for (std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (Synapse& s : *block) s.delta = s.plastic ? s.delta * share : 0;
  }
  oracle::clip(net, how, spec_.training.batch, answer, [](Synapse& s) -> double& { return s.delta; });
  for (int block = 0; block < 4; ++block) {
    std::vector<Synapse>& all = synapses(block);
    for (std::size_t q = 0; q < all.size(); ++q) {
      Synapse& s = all[q];
      const double c = s.delta;
      s.delta = 0;
      const auto p = static_cast<std::size_t>(s.projection);
      answer.delta[p][s.entry] = c;
      if (!s.plastic) continue;
      oracle::move(s, c, how, step);
      answer.weights[p][s.entry] = s.weight;
    }
  }
}

double World::by_spike(const Life& life, int t, std::size_t i) const {
  const Unit& u = units[i];
  switch (u.reset) {
    case Reset::kSubtractNextTick: return -u.threshold;
    case Reset::kSubtract: return -u.alpha * u.threshold;
    case Reset::kZero: return u.alpha * (u.reset_to - life.v[static_cast<std::size_t>(t)][i]);
  }
  return 0;
}

double World::by_voltage(const Life& life, int t, std::size_t i) const {
  const Unit& u = units[i];
  return u.reset == Reset::kZero ? u.alpha * (1 - life.z[static_cast<std::size_t>(t)][i]) : u.alpha;
}

/// The backward equations over a whole trial, with these paths only; adds to the synapses' delta.
void World::backward_whole(const Life& life, Paths paths) {
  Row om(net.units, 0), filtered(net.units, 0);
  Rows etas(static_cast<std::size_t>(T) + 1, Row(net.readouts, 0));
  Rows dels(static_cast<std::size_t>(T) + 1, Row(net.units, 0));
  Rows arrivals = dels;  // dL/d(what arrives)
  const auto at = [&](int tick) { return static_cast<std::size_t>(std::min(tick, T)); };
  for (int s = T - 1; s >= 0; --s) {
    const auto tick = static_cast<std::size_t>(s);
    Row lam(net.units, 0);
    if (paths.signals) {
      const Row signal = signals(life, s);
      for (std::size_t i = 0; i < net.units; ++i)
        lam[i] = (1 - kappa) * (filtered[i] = kappa * filtered[i] + signal[i]);
    } else {
      for (std::size_t k = 0; k < net.readouts; ++k)
        etas[tick][k] = life.eps[tick][k] + outs[k].alpha * etas[tick + 1][k];
      for (const Synapse& q : net.a) lam[q.source] += outs[q.target].zeta * q.weight * etas[at(s + q.delay)][q.target];
    }
    if (paths.recurrent) {
      for (const Synapse& q : net.w) lam[q.source] += q.weight * arrivals[at(s + q.delay)][q.target];
    }
    Row& del = dels[tick];
    for (std::size_t i = 0; i < net.units; ++i) {
      const Unit& u = units[i];
      const double later = dels[tick + 1][i];
      const double through_spike = paths.reset && !u.cut ? by_spike(life, s, i) : 0;
      const double felt = life.psi[tick][i] * (lam[i] + through_spike * later + om[i]);
      om[i] = u.rho * om[i] - u.beta * felt;
      del[i] = felt + (paths.reset ? by_voltage(life, s, i) : u.alpha) * later;
      arrivals[tick][i] = u.zeta * del[i] + u.delta * arrivals[tick + 1][i];
    }
    for (Synapse& q : net.b) q.delta += arrivals[tick][q.target] * arriving(life.x, s, q);
    for (Synapse& q : net.w) q.delta += arrivals[tick][q.target] * arriving_spike(life, s, q);
  }
}

/// dL along one synapse's weight, computed forwards.
double World::tangent(const Life& life, const Synapse& moved, int block) const {
  Row dv(net.units, 0), da(net.units, 0), di(net.units, 0), before(net.units, 0), dy(net.readouts, 0);
  Rows all(static_cast<std::size_t>(T), Row(net.units, 0));  // dz by tick
  double sum = 0;
  for (int t = 0; t < T; ++t) {
    const auto tick = static_cast<std::size_t>(t);
    Row current(net.units, 0);
    for (const Synapse& s : net.w) current[s.target] += s.weight * arriving(all, t, s);
    if (block < 2) current[moved.target] += arriving(block == 0 ? life.x : life.z, t, moved);
    Row& dz = all[tick];
    for (std::size_t i = 0; i < net.units; ++i) {
      const Unit& u = units[i];
      di[i] = u.delta * di[i] + current[i];
      // dv is that of the voltage after its reset, where there is one at once
      dv[i] = u.zeta * di[i] + u.alpha * dv[i];
      if (u.reset == Reset::kSubtractNextTick && !u.cut) dv[i] -= u.threshold * before[i];
      da[i] = u.rho * da[i] + before[i];
      dz[i] = life.psi[tick][i] * (dv[i] - u.beta * da[i]);
      const double reset = u.cut ? 0 : dz[i];
      if (u.reset == Reset::kSubtract) dv[i] -= u.threshold * reset;
      if (u.reset == Reset::kZero) dv[i] = (1 - life.z[tick][i]) * dv[i] + (u.reset_to - life.v[tick][i]) * reset;
    }
    Row out(net.readouts, 0);
    for (const Synapse& s : net.a) out[s.target] += s.weight * arriving(all, t, s);
    if (block == 2) out[moved.target] += arriving_spike(life, t, moved);
    if (block == 3) out[moved.target] += arriving(life.x, t, moved);
    for (std::size_t k = 0; k < net.readouts; ++k) {
      dy[k] = outs[k].zeta * out[k] + outs[k].alpha * dy[k];
      sum += life.eps[tick][k] * dy[k];
    }
    before = dz;
  }
  return sum;
}

}  // namespace locus::spiking
