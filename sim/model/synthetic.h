// Tasks of the literature as plain values, one struct each; docs/tasks.md defines them.
//
// Each struct has the name of its field in a model file, its parameters with the literature's
// values as defaults, a list of these parameters (`fields`), and the form of its trials. Reading,
// checking, printing and the tests' random models follow from the list. A new task is a struct
// here, its message in inputs.proto, and its trials in sim/task (sim/task/synthetic.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/actor/activation.h"

namespace locus {

/// The values that a parameter may have.
struct WholeRange {
  std::int64_t low = 0;
  std::int64_t high = 10'000'000;  // kLongestTrial
};
struct RealRange {
  double low = 0;
  double high = 1;
  bool above = false;  // true: `low` itself is not allowed
};
struct AnyValue {};

/// The sizes that trials of a task have.
struct TrialForm {
  std::int64_t inputs = 1;
  std::int64_t readouts = 1;
  bool may_be_signed = false;  // true: one readout with +1 and -1 may take the place of two
  std::int64_t ticks = 0;      // by default, or always
  bool any_ticks = false;      // true: training.ticks may differ
  std::int64_t answer = 0;     // ticks with an error, at the end of a trial; 0: all
};

/// A parameter that does not go with the others.
struct FieldConflict {
  std::string_view field;
  std::string what;
  std::string allowed;
};

/// y_t = 0.5 + 0.5 x_{t - first_lag} - 0.25 x_{t - second_lag} of random bits.
struct AddTask {
  static constexpr std::string_view kName = "add";
  std::int32_t first_lag = 6;    // bits
  std::int32_t second_lag = 10;  // bits
  double probability = 0.5;      // of a bit that is 1
  std::int32_t hold = 1;         // ticks of a bit
  bool coin = false;             // the target is drawn with probability y
  static void fields(auto& task, auto&& field) {
    field("first_lag", task.first_lag, WholeRange{});
    field("second_lag", task.second_lag, WholeRange{});
    field("probability", task.probability, RealRange{});
    field("hold", task.hold, WholeRange{.low = 1});
    field("coin", task.coin, AnyValue{});
  }
  TrialForm form() const { return {.inputs = 2, .readouts = 2, .ticks = 50, .any_ticks = true}; }
  friend bool operator==(const AddTask&, const AddTask&) = default;
};

/// Random symbols, a delay, a delimiter, the symbols again.
struct CopyTask {
  static constexpr std::string_view kName = "copy";
  std::int32_t symbols = 2;
  std::int32_t length = 5;  // symbols of a trial
  std::int32_t delay = 0;   // ticks
  static void fields(auto& task, auto&& field) {
    field("symbols", task.symbols, WholeRange{.low = 2, .high = 1'000'000});
    field("length", task.length, WholeRange{.low = 1});
    field("delay", task.delay, WholeRange{});
  }
  TrialForm form() const {
    return {.inputs = std::int64_t{symbols} + 1,
            .readouts = symbols,
            .ticks = 2 * std::int64_t{length} + delay + 1,
            .answer = length};
  }
  friend bool operator==(const CopyTask&, const CopyTask&) = default;
};

/// Pulses of +1 and -1; the sign of the last one is held.
struct FlipFlopTask {
  static constexpr std::string_view kName = "flip_flop";
  std::int32_t bits = 3;
  double probability = 0.5;  // of a pulse in a tick
  static void fields(auto& task, auto&& field) {
    field("bits", task.bits, WholeRange{.low = 1});
    field("probability", task.probability, RealRange{});
  }
  TrialForm form() const { return {.inputs = bits, .readouts = bits, .ticks = 64, .any_ticks = true}; }
  friend bool operator==(const FlipFlopTask&, const FlipFlopTask&) = default;
};

/// The answer says if two stimuli, a delay apart, are the same.
struct DelayedMatchTask {
  static constexpr std::string_view kName = "delayed_match";
  std::int32_t stimuli = 2;
  std::int32_t fixation_ticks = 3;
  std::int32_t sample_ticks = 5;
  std::int32_t delay_ticks = 10;
  std::int32_t test_ticks = 5;
  std::int32_t decision_ticks = 9;
  double noise = 0.1;  // standard deviation [1]
  static void fields(auto& task, auto&& field) {
    field("stimuli", task.stimuli, WholeRange{.low = 2});
    field("fixation_ticks", task.fixation_ticks, WholeRange{});
    field("sample_ticks", task.sample_ticks, WholeRange{.low = 1});
    field("delay_ticks", task.delay_ticks, WholeRange{});
    field("test_ticks", task.test_ticks, WholeRange{.low = 1});
    field("decision_ticks", task.decision_ticks, WholeRange{.low = 1});
    field("noise", task.noise, RealRange{.high = 1e6});
  }
  TrialForm form() const {
    return {.inputs = std::int64_t{stimuli} + 1,
            .readouts = 2,
            .may_be_signed = true,
            .ticks = std::int64_t{fixation_ticks} + sample_ticks + delay_ticks + test_ticks + decision_ticks,
            .answer = decision_ticks};
  }
  friend bool operator==(const DelayedMatchTask&, const DelayedMatchTask&) = default;
};

/// The answer says if two stimuli of +1 or -1, a delay apart, have the same sign.
struct DelayedXorTask {
  static constexpr std::string_view kName = "delayed_xor";
  std::int32_t onset_ticks = 50;
  std::int32_t stimulus_ticks = 50;  // of each
  std::int32_t delay_ticks = 10;
  std::int32_t gap_ticks = 10;
  std::int32_t response_ticks = 100;
  static void fields(auto& task, auto&& field) {
    field("onset_ticks", task.onset_ticks, WholeRange{});
    field("stimulus_ticks", task.stimulus_ticks, WholeRange{.low = 1});
    field("delay_ticks", task.delay_ticks, WholeRange{});
    field("gap_ticks", task.gap_ticks, WholeRange{});
    field("response_ticks", task.response_ticks, WholeRange{.low = 1});
  }
  TrialForm form() const {
    return {.inputs = 2,
            .readouts = 2,
            .may_be_signed = true,
            .ticks = std::int64_t{onset_ticks} + 2 * std::int64_t{stimulus_ticks} + delay_ticks + gap_ticks + response_ticks,
            .answer = response_ticks};
  }
  friend bool operator==(const DelayedXorTask&, const DelayedXorTask&) = default;
};

/// An interval to measure and to produce.
struct ReadySetGoTask {
  static constexpr std::string_view kName = "ready_set_go";
  std::int32_t shortest = 25;  // ticks
  std::int32_t longest = 42;   // ticks
  double gain = 1;             // produced / measured
  std::int32_t onset_ticks = 10;
  std::int32_t pulse_ticks = 4;
  std::int32_t after_ticks = 5;
  static void fields(auto& task, auto&& field) {
    field("shortest", task.shortest, WholeRange{.low = 1});
    field("longest", task.longest, WholeRange{.low = 1});
    field("gain", task.gain, RealRange{.high = 100, .above = true});
    field("onset_ticks", task.onset_ticks, WholeRange{.low = 1});
    field("pulse_ticks", task.pulse_ticks, WholeRange{.low = 1});
    field("after_ticks", task.after_ticks, WholeRange{.low = 1});
  }
  TrialForm form() const;
  std::optional<FieldConflict> conflict(std::int64_t ticks, double dt) const;
  friend bool operator==(const ReadySetGoTask&, const ReadySetGoTask&) = default;
};

/// On which side there were more cues.
struct EvidenceTask {
  static constexpr std::string_view kName = "evidence";
  std::int32_t cues = 7;
  std::int32_t cue_ticks = 100;
  std::int32_t gap_ticks = 50;
  std::int32_t delay_ticks = 1050;
  std::int32_t recall_ticks = 150;
  double bias = 0.7;        // probability of a cue on the favoured side
  std::int32_t group = 10;  // inputs of a group
  double rate_hz = 40;      // of an active group
  double background_hz = 10;
  bool rates = false;  // no spikes
  static void fields(auto& task, auto&& field) {
    field("cues", task.cues, WholeRange{.low = 1});
    field("cue_ticks", task.cue_ticks, WholeRange{.low = 1});
    field("gap_ticks", task.gap_ticks, WholeRange{});
    field("delay_ticks", task.delay_ticks, WholeRange{});
    field("recall_ticks", task.recall_ticks, WholeRange{.low = 1});
    field("bias", task.bias, RealRange{.low = 0.5});
    field("group", task.group, WholeRange{.low = 1});
    field("rate_hz", task.rate_hz, RealRange{.high = 1e9});
    field("background_hz", task.background_hz, RealRange{.high = 1e9});
    field("rates", task.rates, AnyValue{});
  }
  TrialForm form() const {
    return {.inputs = 4 * std::int64_t{group},
            .readouts = 2,
            .may_be_signed = true,
            .ticks = std::int64_t{cues} * (cue_ticks + std::int64_t{gap_ticks}) + delay_ticks + recall_ticks,
            .answer = recall_ticks};
  }
  std::optional<FieldConflict> conflict(std::int64_t ticks, double dt) const;
  friend bool operator==(const EvidenceTask&, const EvidenceTask&) = default;
};

/// The future of a chaotic series.
struct MackeyGlassTask {
  static constexpr std::string_view kName = "mackey_glass";
  std::int32_t tau = 17;  // units of time
  double beta = 0.2;      // [1/unit]
  double gamma = 0.1;     // [1/unit]
  std::int32_t exponent = 10;
  std::int32_t step = 1;     // units of a tick
  std::int32_t horizon = 6;  // ticks
  std::int32_t starts = 10000;
  static void fields(auto& task, auto&& field) {
    field("tau", task.tau, WholeRange{.low = 1, .high = 1000});
    field("beta", task.beta, RealRange{.high = 10, .above = true});
    field("gamma", task.gamma, RealRange{.high = 10, .above = true});
    field("exponent", task.exponent, WholeRange{.low = 1, .high = 100});
    field("step", task.step, WholeRange{.low = 1, .high = 1000});
    field("horizon", task.horizon, WholeRange{});
    field("starts", task.starts, WholeRange{.low = 1});
  }
  TrialForm form() const { return {.inputs = 1, .readouts = 1, .ticks = 200, .any_ticks = true}; }
  std::optional<FieldConflict> conflict(std::int64_t ticks, double dt) const;
  friend bool operator==(const MackeyGlassTask&, const MackeyGlassTask&) = default;
};

/// Every task whose trials sim/task/synthetic.h draws.
using SyntheticKind =
    std::variant<AddTask, CopyTask, FlipFlopTask, DelayedMatchTask, DelayedXorTask, ReadySetGoTask, EvidenceTask, MackeyGlassTask>;

struct SyntheticTask {
  SyntheticKind kind;
  // trial k is trial k modulo patterns; 0: each is drawn anew
  std::int32_t patterns = 0;
  friend bool operator==(const SyntheticTask&, const SyntheticTask&) = default;
};

/// A drawn network to imitate: it becomes a student and teacher (StudentTeacherTask).
struct MimicTask {
  static constexpr std::string_view kName = "mimic";
  std::int32_t size = 32;  // neurons of the teacher
  Activation activation = Activation::kTanh;
  double leak = 1;           // [1/tick]
  double gain = 1;           // of the recurrent weights
  double probability = 0.5;  // of an input that is 1
  static void fields(auto& task, auto&& field) {
    field("size", task.size, WholeRange{.low = 1, .high = 100'000'000});
    field("activation", task.activation, AnyValue{});
    field("leak", task.leak, RealRange{.above = true});
    field("gain", task.gain, RealRange{.high = 1e6});
    field("probability", task.probability, RealRange{});
  }
  friend bool operator==(const MimicTask&, const MimicTask&) = default;
};

/// "flip_flop": the field of a model file.
std::string_view name(const SyntheticTask& task);
TrialForm form_of(const SyntheticTask& task);

/// True if every parameter is in its range. Only then may form_of be asked.
bool has_good_fields(const SyntheticTask& task);

/// True if a trial is a choice between classes.
bool has_choices(const SyntheticTask& task);

/// "bits 3, probability 0.5".
std::string words_of(const SyntheticTask& task);
std::string words_of(const MimicTask& task);

struct TrainingSpec;
/// Fills in what the model does not say: the ticks of a trial if they are 0, and, if
/// `answer_is_open`, the ticks before the task's answer as warm-up (not under FINAL).
void fill_in(const SyntheticTask& task, bool answer_is_open, TrainingSpec& training);

}  // namespace locus
