// One actor alone: a test sends it single messages, expects or forbids an answer, and sees its
// whole state before and after.
#pragma once

#include <any>
#include <deque>
#include <type_traits>

#include <gtest/gtest.h>

#include "core/actor/rate_neuron.h"
#include "core/actor/readout.h"
#include "core/actor/synapse.h"

namespace locus {

struct SynapseState {
  double weight = 0, pre = 0, trace = 0, delta = 0;
  Synapse<double> view() { return {weight, pre, trace, delta}; }
  friend bool operator==(const SynapseState&, const SynapseState&) = default;
};

struct TaughtSynapseState {
  double weight = 0, delta = 0;
  TaughtSynapse<double> view() { return {weight, delta}; }
  friend bool operator==(const TaughtSynapseState&, const TaughtSynapseState&) = default;
};

struct RateNeuronState {
  double current = 0, activity = 0, gain = 0, signal = 0, own_weight = 0;
  RateNeuron<double> view() { return {current, activity, gain, signal, own_weight}; }
  friend bool operator==(const RateNeuronState&, const RateNeuronState&) = default;
};

struct ReadoutState {
  double current = 0, output = 0, error = 0, epsilon = 0, peak = 0, norm = 0;
  Readout<double> view() { return {current, output, error, epsilon, peak, norm}; }
  friend bool operator==(const ReadoutState&, const ReadoutState&) = default;
};

/// True if the actor of this view has a handler for a message (or a tick of the clock) of type M.
template <class View, class M>
concept Hears = requires(View view, M message) {
  on(view, message);
};

template <class State>
class Alone {
 public:
  explicit Alone(State state) : state_(state) {}

  /// Sends one message. Its answer then waits for `expect` or `forbid`; a waiting answer of an
  /// earlier message is a failure.
  template <class M, class... Context>
  Alone& send(M message, Context... context) {
    forbid();
    if constexpr (std::is_void_v<decltype(on(state_.view(), message, context...))>) {
      on(state_.view(), message, context...);
    } else {
      answers_.push_back(on(state_.view(), message, context...));
    }
    return *this;
  }

  /// Returns the one waiting answer, which must be an A.
  template <class A>
  A expect() {
    if (answers_.size() != 1 || answers_.front().type() != typeid(A)) {
      ADD_FAILURE() << "expected one answer of this type, found " << answers_.size() << " answers";
      return {};
    }
    const A answer = std::any_cast<A>(answers_.front());
    answers_.clear();
    return answer;
  }

  /// Fails if an answer waits.
  void forbid() {
    EXPECT_TRUE(answers_.empty()) << "the actor answered where it must not";
    answers_.clear();
  }

  /// Compares the whole state, including the parts that a message must not change.
  void expect_state(const State& expected) {
    forbid();
    EXPECT_TRUE(state_ == expected) << testing::PrintToString(state_) << " is not " << testing::PrintToString(expected);
  }

  State& state() { return state_; }

 private:
  State state_;
  std::deque<std::any> answers_;
};

inline void PrintTo(const SynapseState& s, std::ostream* out) {
  *out << "{weight " << s.weight << ", pre " << s.pre << ", trace " << s.trace << ", delta " << s.delta << "}";
}
inline void PrintTo(const TaughtSynapseState& s, std::ostream* out) {
  *out << "{weight " << s.weight << ", delta " << s.delta << "}";
}
inline void PrintTo(const RateNeuronState& s, std::ostream* out) {
  *out << "{current " << s.current << ", activity " << s.activity << ", gain " << s.gain << ", signal " << s.signal
       << ", own weight " << s.own_weight << "}";
}
inline void PrintTo(const ReadoutState& s, std::ostream* out) {
  *out << "{current " << s.current << ", output " << s.output << ", error " << s.error << ", epsilon " << s.epsilon
       << ", peak " << s.peak << ", norm " << s.norm << "}";
}

}  // namespace locus
