// The state of a spiking network's oracle and its functions tick by tick. Internal to
// spiking_oracle*.cc.
#pragma once

#include <cmath>
#include <vector>

#include "tests/support/spiking_oracle.h"

namespace locus::spiking {

using Row = std::vector<double>;
using Rows = std::vector<Row>;  // [local tick][neuron]

struct Unit {
  double alpha, zeta, threshold, refractory, rho, beta, height, width;
  Surrogate surrogate;
  double delta;  // decay of the synaptic current; 0 without one: i is then what arrives
  bool filters;  // has one
  double rest, reset_to;
  Reset reset;
  bool above, cut;
};
struct Out {
  double alpha = 0, zeta = 1;
  bool leaky = false;
};

/// The state of a synapse in addition to oracle::Synapse.
struct Kept {
  double filtered = 0, trace = 0, adapted = 0, low_pass = 0, total = 0;
};

/// The state of neurons between ticks.
struct State {
  Row v, a, r, z, y, i;
};

/// Everything of one trial, tick by tick.
struct Life {
  Rows x, z, psi, y, eps;
  Rows v;     // voltages before the reset
  Row start;  // z of the last tick before the trial
  int late;   // ticks before its first: a shorter trial ends with the last tick
  Row count;
};

/// Ticks of a model before the first of a trial.
inline int late_of(const RecordedTrial& trial, int ticks) {
  return ticks - static_cast<int>(std::visit([](const auto& input) { return input.rows; }, trial.input));
}

class World {
 public:
  World(const Spec& spec, const RuleSpec& rule, Mutation mutation);

  /// Runs a trial from `state`, which then holds the state at its end.
  Life run_trial(const RecordedTrial& trial, State& state);
  Life run_trial(const RecordedTrial& trial) {
    State state = rest();
    return run_trial(trial, state);
  }
  State rest() const;
  double loss(const Life& life, const RecordedTrial& trial) const;
  void learn_online(const Life& life);
  void learn_backwards(const Life& life);
  void learn_readouts(const Life& life);
  void commit();
  void count_forward(const Life& life);
  void measure_memory();
  void backward_whole(const Life& life, Paths paths);
  /// The derivatives of what the spike of tick t and the voltage of tick t (before its reset) do to
  /// the voltage of tick t + 1, along the paths through the reset and the leak.
  double by_spike(const Life& life, int t, std::size_t i) const;
  double by_voltage(const Life& life, int t, std::size_t i) const;
  double tangent(const Life& life, const oracle::Synapse& moved, int block) const;

  bool has_error(int t) const { return t >= T - window - (mutation_ == Mutation::kWindowATickLonger ? 1 : 0); }
  bool is_mean() const {
    const Loss loss = spec_.training.loss;
    return loss == Loss::kSequence || loss == Loss::kCrossEntropy || spec_.training.average_over_window;
  }
  double averaged_ticks() const { return mutation_ == Mutation::kAveragedByTicks ? T : window; }
  /// A trial that begins late has as many errors less as its ticks allow.
  bool has_error(int t, int late) const { return t >= late && has_error(t); }
  double ticks_with_error(int late) const { return std::min(averaged_ticks(), static_cast<double>(T - late)); }
  double target_at(const RecordedTrial& trial, int t, std::size_t k) const {
    if (trial.label != kNoClass) return static_cast<std::size_t>(trial.label) == k ? 1 : 0;
    const int own = t - late_of(trial, T);
    const int row = mutation_ == Mutation::kTargetATickLate ? std::max(own - 1, 0) : own;
    return trial.target.values.at(static_cast<std::size_t>(row) * net.readouts + k);
  }
  void send(Channel channel, std::int32_t lag, std::int64_t messages, std::int64_t scalars) {
    if (messages == 0) return;
    oracle::Count& count = answer.counts[{channel, lag}];
    count.messages += messages;
    count.scalars += messages * scalars;
  }
  /// The activity that arrives over the synapse at tick t + ahead; 0 if that was before the first
  /// tick.
  static double arriving(const Rows& past, int t, const oracle::Synapse& s, int ahead = 0) {
    const int sent = t - s.delay + ahead;
    return sent >= 0 && sent < static_cast<int>(past.size()) ? past[static_cast<std::size_t>(sent)][s.source] : 0;
  }
  /// The same for a spiking neuron, which may have spiked in the last tick of the previous trial.
  static double arriving_spike(const Life& life, int t, const oracle::Synapse& s, int ahead = 0) {
    return t - s.delay + ahead == -1 ? life.start[s.source] : arriving(life.z, t, s, ahead);
  }
  std::vector<oracle::Synapse>& synapses(int block) {
    return block == 0 ? net.b : block == 1 ? net.w : block == 2 ? net.a : net.d;
  }
  bool eprop() const { return rule_.kind == RuleKind::kEprop || rule_.kind == RuleKind::kEpropRandom; }
  bool learns() const { return rule_.kind != RuleKind::kNone; }

  oracle::Net net;
  oracle::Answer answer;
  std::vector<Unit> units;
  std::vector<bool> adapts;  // by unit
  std::vector<Out> outs;
  int T = 0, window = 0;
  double kappa = 0, lambda = -1;

 private:
  Row signals(const Life& life, int t) const;
  std::vector<Kept>& kept(int block) { return kept_[static_cast<std::size_t>(block)]; }
  void count_news(const Life& life, int t, const Row& signal);

  const Spec& spec_;
  RuleSpec rule_;
  Mutation mutation_;
  std::vector<Kept> kept_[4];  // of b, w, a, d
  std::int64_t commits_ = 0;
  bool weighs_ = false;  // some trial begins late, and each TARGET brings a weight
};

}  // namespace locus::spiking
