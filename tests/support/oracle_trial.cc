// The trial of the oracle: forward ticks, errors, and each rule's learning by the documents.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "tests/support/oracle_factors.h"

namespace locus::oracle {
namespace {

/// One replica of the chip in one trial. It keeps every past tick; index 0 is "before the first".
class Replica {
 public:
  Replica(Net& net, const Row& start, const Spec& spec, const RuleSpec& rule, const RecordedTrial& trial,
          Answer& answer, bool keep_log)
      : net_(net), spec_(spec), rule_(rule), trial_(trial), answer_(answer), keep_log_(keep_log) {
    ticks_ = static_cast<std::size_t>(spec.training.ticks);
    if (rule.kind == RuleKind::kTbptt) {
      if (rule.depth > 0) depth_ = std::min(depth_, static_cast<std::size_t>(rule.depth));
      stride_ = static_cast<std::size_t>(rule.stride);
    }
    depth_ = std::min(depth_, ticks_);
    stride_ = std::min(stride_, ticks_);
    for (std::vector<Synapse>* block : {&net.b, &net.w}) {
      for (Synapse& synapse : *block) {
        if (synapse.plastic) plastic_.push_back(&synapse);
      }
    }
    x_.assign(ticks_ + 1, Row(net.inputs));
    h_.assign(ticks_ + 1, Row(net.units));
    slope_.assign(ticks_ + 1, Row(net.units));
    votes_.assign(net.readouts, 0.0);
    epsilon_.assign(ticks_ + 1, Row(net.readouts));
    readout_signals_.assign(ticks_ + 1, Row(net.units));
    weighted_errors_.assign(ticks_ + 1, Row(net.a.size()));
    sweep_done_.assign(ticks_ + 1, false);
    trace_.assign(plastic_.size(), 0.0);
    if (net.carries) sensitivity_.assign(net.units, Row(plastic_.size()));
    rows_ = std::visit([](const auto& input) { return static_cast<std::size_t>(input.rows); }, trial.input);
    if (rows_ == ticks_) h_[0] = start;
    start_ = start;
    for (const RecordedTrial& each : std::get<RecordedTask>(spec.task).trials) {
      const auto rows = std::visit([](const auto& input) { return input.rows; }, each.input);
      weighted_ = weighted_ || each.mask.rows > 0 || rows < spec.training.ticks;
    }
    for (now_ = 1; now_ <= ticks_; ++now_) {
      bool any = false;
      for (std::size_t k = 0; k < net.readouts; ++k) any = any || weight(k) != 0;
      if (error_tick() && any) own_ticks_ += 1;
    }
    read_input(net, trial, x_);
  }

  /// Runs the trial and returns its loss.
  double run_trial() {
    for (now_ = 1; now_ <= ticks_; ++now_) {
      forward();
      if (rule_.kind != RuleKind::kNone && error_tick()) compute_error();
      const bool changed = learn();
      if (changed && spec_.training.commit == CommitWhen::kEveryTick) commit(net_, spec_, rule_, answer_, 1);
    }
    if (trial_.label >= 0 && rule_.kind != RuleKind::kNone) {
      answer_.classified += 1;
      answer_.right += std::ranges::max_element(votes_) - votes_.begin() == trial_.label ? 1 : 0;
    }
    return loss_;
  }

  const Row& end() const { return h_[ticks_]; }

 private:
  bool sweeps() const { return rule_.kind == RuleKind::kBptt || rule_.kind == RuleKind::kTbptt; }
  bool symmetric() const { return rule_.kind == RuleKind::kEprop || net_.tells_behind; }
  bool final_loss() const { return spec_.training.loss == Loss::kFinal; }
  std::size_t warmup() const { return static_cast<std::size_t>(spec_.training.warmup); }
  /// The row of the trial at this tick, from 1; 0 before its first.
  std::size_t row() const { return now_ + rows_ > ticks_ ? now_ + rows_ - ticks_ : 0; }
  double weight(std::size_t k) const {
    if (row() == 0) return 0;
    if (trial_.mask.rows == 0) return 1;
    const auto columns = static_cast<std::size_t>(trial_.mask.cols);
    return trial_.mask.values.at((row() - 1) * columns + (columns == 1 ? 0 : k));
  }
  double wanted(std::size_t k) const {
    if (trial_.label >= 0) return static_cast<std::size_t>(trial_.label) == k ? 1 : 0;
    return trial_.target.values.at((row() - 1) * net_.readouts + k);
  }
  bool error_tick() const { return final_loss() ? now_ == ticks_ : now_ > warmup(); }

  void send(Channel channel, std::size_t lag, std::size_t scalars, const Actor& from, const Actor& to) {
    const auto ticks_back = static_cast<std::int32_t>(lag);
    Count& count = answer_.counts[{channel, ticks_back}];
    count.messages += 1;
    count.scalars += static_cast<std::int64_t>(scalars);
    if (keep_log_) answer_.log.push_back({0, static_cast<std::int32_t>(now_), phase_, channel, ticks_back, from, to});
  }

  /// The activity that arrives in this tick, after the synapse's delay.
  static double arriving(const std::vector<Row>& past, const Synapse& synapse, std::size_t tick) {
    const auto delay = static_cast<std::size_t>(synapse.delay);
    return tick >= delay ? past[tick - delay][synapse.source] : 0;
  }

  /// AXON from every source with a non-zero activity to each of its synapses; each of these sends a
  /// DENDRITE.
  void propagate(const std::vector<Synapse>& block, const std::vector<Row>& past, Party source, Party target, Row& current) {
    const std::size_t answer_scalars = net_.tells_behind && target == Party::kRate ? 2 : 1;
    for (const Synapse& synapse : block) {
      const double activity = arriving(past, synapse, now_);
      if (activity == 0) continue;
      if (!synapse.is_bias) {
        send(Channel::kAxon, 0, 1, actor(source, synapse.source), actor(synapse));
        send(Channel::kDendrite, 0, answer_scalars, actor(synapse), actor(target, synapse.target));
      }
      current[synapse.target] += synapse.weight * activity;
    }
  }

  /// Before the trial begins its neurons send nothing. In its first tick those sources that take a
  /// tick or more bring the state that it begins in, as from tick 0 of a trial that has all ticks.
  void forward() {
    ++phase_;
    if (row() == 1) h_[now_ - 1] = start_;
    Row u(net_.units);
    propagate(net_.b, x_, Party::kInput, Party::kRate, u);
    propagate(net_.w, h_, Party::kRate, Party::kRate, u);
    std::vector<Row> inflow;
    if (net_.carries) inflow = influence();
    for (std::size_t i = 0; i < net_.units; ++i) {
      const double noise = row() == 0 ? 0 : net_.noise[i].at(answer_.trials, row());
      if (!net_.noise[i].on_activity) u[i] += noise;
      h_[now_][i] = (1 - net_.leak[i]) * h_[now_ - 1][i] + net_.leak[i] * phi(net_.activation[i], u[i]);
      if (net_.noise[i].on_activity) h_[now_][i] += noise;
      if (row() == 0) h_[now_][i] = 0;
      slope_[now_][i] = phi_slope(net_.activation[i], u[i]);
      if (net_.activation[i] == Activation::kRelu)
        answer_.nearest_kink = std::min(answer_.nearest_kink, std::abs(u[i]));
    }
    if (net_.carries) step_sensitivities(inflow);
    y_ = Row(net_.readouts);
    propagate(net_.a, h_, Party::kRate, Party::kReadout, y_);
    propagate(net_.d, x_, Party::kInput, Party::kReadout, y_);
  }

  /// TARGET, the error, the delta rule of A, and the messages of the error from the readouts.
  void compute_error() {
    ++phase_;
    bool any = false;
    for (std::size_t k = 0; k < net_.readouts; ++k) any = any || weight(k) != 0;
    for (std::size_t k = 0; any && k < net_.readouts; ++k) votes_[k] += y_[k];
    const double share = final_loss() ? 1.0 : own_ticks_;
    for (std::size_t k = 0; k < net_.readouts; ++k) {
      if (weight(k) == 0) continue;
      send(Channel::kTarget, 0, weighted_ ? 2 : 1, actor(Party::kEnvironment, 0), actor(Party::kReadout, k));
      const double error = y_[k] - wanted(k);
      loss_ += weight(k) * error * error / (2 * share);
      epsilon_[now_][k] = weight(k) * error / share;
    }
    for (std::size_t q = 0; q < net_.a.size(); ++q) {
      Synapse& synapse = net_.a[q];
      const double epsilon = epsilon_[now_][synapse.target];
      if (epsilon == 0) continue;
      if (synapse.plastic || sweeps() || symmetric()) {
        send(Channel::kPost, 0, 2, actor(Party::kReadout, synapse.target), actor(synapse));
      }
      if (synapse.plastic) synapse.delta += epsilon * arriving(h_, synapse, now_);
      if (sweeps()) send(Channel::kTransport, 0, 1, actor(synapse), kAgent);
      if (symmetric()) send(Channel::kTransport, 0, 1, actor(synapse), actor(Party::kRate, synapse.source));
      readout_signals_[now_][synapse.source] += synapse.weight * epsilon;  // A^T eps, for all rules
      weighted_errors_[now_][q] = synapse.weight * epsilon;
    }
    for (Synapse& synapse : net_.d) {  // inputs learn nothing, so that no error goes back to them
      const double epsilon = epsilon_[now_][synapse.target];
      if (epsilon == 0 || !synapse.plastic) continue;
      if (!synapse.is_bias) send(Channel::kPost, 0, 2, actor(Party::kReadout, synapse.target), actor(synapse));
      synapse.delta += epsilon * arriving(x_, synapse, now_);
    }
  }

  /// Returns true if this tick's learning is complete and may be committed.
  bool learn() {
    switch (rule_.kind) {
      case RuleKind::kNone: return false;
      case RuleKind::kBptt:
      case RuleKind::kTbptt: return sweep_if_due();
      case RuleKind::kRflo: rflo(); return true;
      case RuleKind::kEprop: eprop(readout_signals_[now_]); return true;
      case RuleKind::kEpropRandom: eprop(error_tick() ? feedback_signals() : Row(net_.units)); return true;
      case RuleKind::kUoro: uoro(); return true;
      default: break;
    }
    if (!net_.carries) throw std::invalid_argument("the oracle does not know this rule");
    rtrl();
    return true;
  }

  double presynaptic(const Synapse& synapse, std::size_t tick) const {
    const bool from_input = &synapse >= net_.b.data() && &synapse < net_.b.data() + net_.b.size();
    return arriving(from_input ? x_ : h_, synapse, tick);
  }

  Party source_party(const Synapse& synapse) const {
    return &synapse >= net_.b.data() && &synapse < net_.b.data() + net_.b.size() ? Party::kInput : Party::kRate;
  }

  bool sweep_if_due() {
    const bool due = now_ == ticks_ || (error_tick() && now_ % stride_ == 0);
    if (!due) return false;
    const std::size_t last = now_ > depth_ ? now_ - depth_ + 1 : 1;
    Row delta(net_.units);
    adjoint_sums_.assign(ticks_ + 1, Row(net_.units));
    for (std::size_t s = now_; s >= last; --s) revisit(s, last, delta);
    answer_.stalled_ticks += static_cast<std::int64_t>(now_ - last);
    return true;
  }

  /// The change of a synapse at tick s belongs to the activity that arrived at s, which was sent
  /// earlier by its delay.
  void revisit(std::size_t s, std::size_t last, Row& delta) {
    ++phase_;
    const std::size_t lag = now_ - s;
    if (!sweep_done_[s]) {
      for (std::size_t q = 0; q < net_.a.size(); ++q) {
        const auto delay = static_cast<std::size_t>(net_.a[q].delay);
        if (s > delay) adjoint_sums_[s - delay][net_.a[q].source] += weighted_errors_[s][q];
      }
      sweep_done_[s] = true;
    }
    for (std::size_t i = 0; i < net_.units; ++i) delta[i] += adjoint_sums_[s][i];
    Row g(net_.units);
    for (std::size_t i = 0; i < net_.units; ++i) {
      send(Channel::kAdjoint, lag, 1, kAgent, actor(Party::kRate, i));
      g[i] = net_.leak[i] * slope_[s][i] * delta[i];
      delta[i] *= 1 - net_.leak[i];
    }
    for (std::vector<Synapse>* block : {&net_.b, &net_.w}) {
      for (Synapse& synapse : *block) {
        const double pre = presynaptic(synapse, s);
        const auto delay = static_cast<std::size_t>(synapse.delay);
        const bool transports = block == &net_.w && s >= last + delay;
        if (synapse.plastic && !synapse.is_bias && pre != 0)
          send(Channel::kAxon, lag, 1, actor(source_party(synapse), synapse.source), actor(synapse));
        if ((synapse.plastic && !synapse.is_bias) || transports)
          send(Channel::kPost, lag, 2, actor(Party::kRate, synapse.target), actor(synapse));
        if (synapse.plastic) synapse.delta += g[synapse.target] * pre;
        if (!transports) continue;
        send(Channel::kTransport, lag, 1, actor(synapse), kAgent);
        adjoint_sums_[s - delay][synapse.source] += synapse.weight * g[synapse.target];
      }
    }
  }

  /// FEEDBACK over R: the signal of each unit.
  Row feedback_signals() {
    Row signal(net_.units);
    for (const Synapse& wire : net_.r) {
      const double epsilon = epsilon_[now_][wire.source];
      if (epsilon == 0) continue;
      send(Channel::kFeedback, 0, 1, actor(Party::kReadout, wire.source), actor(Party::kRate, wire.target));
      signal[wire.target] += wire.weight * epsilon;
    }
    for (Synapse& wire : net_.r) {
      const double activity = h_[now_][wire.target];
      if (!wire.plastic || activity == 0) continue;
      send(Channel::kPost, 0, 1, actor(Party::kRate, wire.target), actor(wire));
      wire.delta += epsilon_[now_][wire.source] * activity;
    }
    return signal;
  }

  /// Advances the trace of plastic synapse q by one tick and adds signal times trace to its delta.
  void trace_step(std::size_t q, double decay, double signal) {
    Synapse& synapse = *plastic_[q];
    const std::size_t i = synapse.target;
    trace_[q] = decay * trace_[q] + net_.leak[i] * slope_[now_][i] * presynaptic(synapse, now_);
    synapse.delta += signal * trace_[q];
  }

  void rflo() {
    const Row signal = error_tick() ? feedback_signals() : Row(net_.units);
    for (std::size_t q = 0; q < plastic_.size(); ++q) {
      const std::size_t i = plastic_[q]->target;
      if (!plastic_[q]->is_bias && (error_tick() || net_.activation[i] != Activation::kIdentity)) {
        send(Channel::kPost, 0, 2, actor(Party::kRate, i), actor(*plastic_[q]));
      }
      trace_step(q, rule_.trace_decay.value_or(1 - net_.leak[i]), signal[i]);
    }
  }

  void eprop(const Row& signal) {
    Row own(net_.units);
    for (const Synapse& synapse : net_.w) {
      // h_t depends on h_{t-1} through no other synapse
      if (synapse.source != synapse.target || synapse.delay != 1) continue;
      send(Channel::kDendrite, 0, 1, actor(synapse), actor(Party::kRate, synapse.target));
      own[synapse.target] += synapse.weight;
    }
    for (std::size_t q = 0; q < plastic_.size(); ++q) {
      const std::size_t i = plastic_[q]->target;
      if (!plastic_[q]->is_bias) send(Channel::kPost, 0, 3, actor(Party::kRate, i), actor(*plastic_[q]));
      trace_step(q, 1 - net_.leak[i] + net_.leak[i] * slope_[now_][i] * own[i], signal[i]);
    }
  }

  void uoro() {
    factors_.tick(
        {net_, plastic_, slope_[now_], readout_signals_[now_], [&](const Synapse& s) { return presynaptic(s, now_); },
         [&](Channel channel, std::size_t scalars, Actor from, Actor to) { send(channel, 0, scalars, from, to); },
         spec_.seed, static_cast<std::uint64_t>(answer_.trials), row(), now_ == 1, error_tick()});
  }

  bool keeps(std::size_t k, std::size_t q) const { return net_.keeps[k][plastic_[q]->target]; }

  /// INFLUENCE: the sensitivities of the other units in the previous tick at each unit, sum_l W_kl
  /// P_l(t-1).
  std::vector<Row> influence() {
    std::vector<Row> inflow(net_.units, Row(plastic_.size()));
    for (const Synapse& synapse : net_.w) {
      if (now_ == 1) break;
      if (!synapse.carries) continue;
      std::size_t scalars = 0;
      for (std::size_t q = 0; q < plastic_.size(); ++q) {
        if (!keeps(synapse.source, q) || !keeps(synapse.target, q)) continue;
        ++scalars;
        inflow[synapse.target][q] += synapse.weight * sensitivity_[synapse.source][q];
      }
      if (scalars > 0 || rule_.kind == RuleKind::kRtrl)
        send(Channel::kInfluence, 0, scalars, actor(Party::kRate, synapse.source), actor(Party::kRate, synapse.target));
    }
    return inflow;
  }

  void step_sensitivities(const std::vector<Row>& inflow) {
    for (std::size_t k = 0; k < net_.units; ++k) {
      for (std::size_t q = 0; q < plastic_.size(); ++q) {
        if (!keeps(k, q)) continue;
        const double direct = plastic_[q]->target == k ? presynaptic(*plastic_[q], now_) : 0;
        sensitivity_[k][q] =
            (1 - net_.leak[k]) * sensitivity_[k][q] + net_.leak[k] * slope_[now_][k] * (inflow[k][q] + direct);
      }
    }
  }

  void rtrl() {
    ++phase_;
    if (!error_tick()) return;
    for (std::size_t q = 0; q < plastic_.size(); ++q) {
      for (std::size_t k = 0; k < net_.units; ++k) {
        if (!keeps(k, q)) continue;
        const bool own = plastic_[q]->target == k;
        if (!own || !plastic_[q]->is_bias)
          send(own ? Channel::kPost : Channel::kGather, 0, own ? 2 : 1, actor(Party::kRate, k), actor(*plastic_[q]));
        plastic_[q]->delta += readout_signals_[now_][k] * sensitivity_[k][q];
      }
    }
  }

  Net& net_;
  const Spec& spec_;
  const RuleSpec& rule_;
  const RecordedTrial& trial_;
  Answer& answer_;
  bool keep_log_;
  std::size_t ticks_ = 0;
  std::size_t now_ = 0;
  std::int32_t phase_ = 0;
  std::size_t depth_ = static_cast<std::size_t>(-1);   // tau
  std::size_t stride_ = static_cast<std::size_t>(-1);  // k
  std::size_t rows_ = 0;                               // of the trial; a shorter one begins late
  Row start_;                                          // h before its first tick (n)
  bool weighted_ = false;                              // trials of the model weigh their errors
  double own_ticks_ = 0;                               // of this trial, with an error
  double loss_ = 0;
  std::vector<Synapse*> plastic_;   // synapses onto rate neurons (N)
  std::vector<Row> x_, h_, slope_;  // by tick; phi'(u)
  // by tick; eps (o), A^T eps with the weights of its tick (n)
  std::vector<Row> epsilon_, readout_signals_;
  std::vector<bool> sweep_done_;      // by tick: true if a sweep has passed it
  std::vector<Row> weighted_errors_;  // by tick; A_ki eps_k of each synapse of A
  std::vector<Row> adjoint_sums_;     // by tick; the sum that a sweep has carried back to it
  Row y_;
  Row votes_;                     // the sum of y over ticks with an error (o)
  Row trace_;                     // P (N)
  std::vector<Row> sensitivity_;  // dh_k / dtheta_q (n x N)
  Factors factors_;
};

}  // namespace

double run_trial(Net& net, std::vector<double>& state, const Spec& spec, const RuleSpec& rule,
                 const RecordedTrial& trial, Answer& answer, bool keep_log) {
  Replica replica(net, state, spec, rule, trial, answer, keep_log);
  const double loss = replica.run_trial();
  state = replica.end();
  return loss;
}

}  // namespace locus::oracle
