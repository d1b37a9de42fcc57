#include "sim/task/synthetic.h"

#include <algorithm>
#include <cmath>
#include <variant>

#include "core/base/check.h"
#include "sim/model/network_size.h"
#include "sim/task/add.h"
#include "sim/task/copy.h"
#include "sim/task/delayed_match.h"
#include "sim/task/delayed_xor.h"
#include "sim/task/evidence.h"
#include "sim/task/flip_flop.h"
#include "sim/task/mackey_glass.h"
#include "sim/task/ready_set_go.h"
#include "sim/task/write_lane.h"

namespace locus {
namespace {

template <class Kind>
struct TrialsOf;
template <class... Kinds>
struct TrialsOf<std::variant<Kinds...>> {
  using type = std::variant<Trials<Kinds>...>;
};

TrialSetting setting_of(const Spec& spec) {
  return {.seed = spec.seed,
          .ticks = spec.training.ticks,
          .inputs = static_cast<std::int32_t>(shown_inputs(spec.network)),
          .readouts = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout)),
          .dt = spec.training.dt};
}

DenseMatrix zeros(std::int64_t rows, std::int64_t cols) {
  return {rows, cols, std::vector<double>(static_cast<std::size_t>(rows * cols))};
}

TrialView view_of(const TrialSetting& setting, DenseMatrix& input, DenseMatrix& target) {
  std::ranges::fill(input.values, 0.0);
  std::ranges::fill(target.values, 0.0);
  return {setting.ticks, setting.inputs, setting.readouts, input.values.data(), target.values.data()};
}

/// The moments of the targets, tick by tick (T x o).
using Moments = std::vector<TargetMoments>;

/// Those of the frozen patterns: the means over these trials.
template <class Kind>
Moments moments_of_patterns(Trials<Kind>& trials, const TrialSetting& setting, std::int32_t patterns) {
  DenseMatrix input = zeros(setting.ticks, setting.inputs);
  DenseMatrix target = zeros(setting.ticks, setting.readouts);
  Moments moments(target.values.size());
  for (std::int32_t pattern = 0; pattern < patterns; ++pattern) {
    trials.write(pattern, view_of(setting, input, target));
    for (std::size_t k = 0; k < moments.size(); ++k) {
      moments[k].mean += target.values[k] / patterns;
      moments[k].square += target.values[k] * target.values[k] / patterns;
    }
  }
  return moments;
}

template <class Kind>
Moments moments_of(const Trials<Kind>& trials, const TrialSetting& setting) {
  Moments moments;
  for (std::int32_t tick = 1; tick <= setting.ticks; ++tick) {
    for (std::int32_t k = 0; k < setting.readouts; ++k) moments.push_back(trials.target_at(tick, k));
  }
  return moments;
}

/// Of constant outputs, one for each readout, that are the best ones: the mean target where the
/// loss is a square, and the mean target as probabilities under the cross-entropy.
std::optional<double> best_constant(const TrainingSpec& training, const Moments& moments, std::int32_t readouts) {
  const std::int32_t window = window_of(training);
  double loss = 0;
  double whole = 0;  // of the mean targets
  for (std::int32_t k = 0; k < readouts; ++k) {
    double mean = 0;
    double square = 0;
    for (std::int32_t tick = training.ticks - window + 1; tick <= training.ticks; ++tick) {
      const TargetMoments& moment =
          moments[static_cast<std::size_t>(tick - 1) * static_cast<std::size_t>(readouts) + static_cast<std::size_t>(k)];
      mean += moment.mean / window;
      square += moment.square / window;
    }
    if (training.loss == Loss::kCrossEntropy) {
      if (mean < 0) return std::nullopt;
      if (mean > 0) loss -= mean * std::log(mean);
      whole += mean;
    } else {
      loss += std::max(0.0, square - mean * mean) / 2;
    }
  }
  if (training.loss == Loss::kCrossEntropy) return whole > 0 ? loss + whole * std::log(whole) : 0;
  const bool is_sum = training.loss == Loss::kSum && !training.average_over_window;
  return is_sum ? loss * window : loss;
}

}  // namespace

struct SyntheticSource::Kinds {
  TrialsOf<SyntheticKind>::type trials;
};

SyntheticSource::SyntheticSource(const Spec& spec)
    : patterns_(std::get<SyntheticTask>(spec.task).patterns),
      columns_(input_columns(spec.network)),
      setting_(setting_of(spec)),
      kinds_(std::visit(
          [&]<class Kind>(const Kind& kind) { return std::unique_ptr<Kinds>(new Kinds{Trials<Kind>(kind, setting_)}); },
          std::get<SyntheticTask>(spec.task).kind)),
      input_(zeros(setting_.ticks, setting_.inputs)),
      target_(zeros(setting_.ticks, setting_.readouts)) {}

SyntheticSource::SyntheticSource(SyntheticSource&& other) noexcept = default;
SyntheticSource::~SyntheticSource() = default;

template <class R>
void SyntheticSource::fill(std::int64_t first_trial, Batch<R>& batch) {
  for (std::int32_t lane = 0; lane < batch.lanes; ++lane) {
    const std::int64_t trial = number_of(first_trial + lane);
    std::visit([&](auto& trials) { trials.write(trial, view_of(setting_, input_, target_)); }, kinds_->trials);
    write_inputs<R>(input_.values, columns_, lane, batch);
    write_lane(target_, 0, lane, batch.lanes, batch.target);
    if (batch.labels.empty()) continue;
    batch.labels[static_cast<std::size_t>(lane)] = class_of(first_trial + lane).value_or(kNoClass);
  }
}

template void SyntheticSource::fill(std::int64_t, Batch<double>&);
template void SyntheticSource::fill(std::int64_t, Batch<float>&);

std::optional<std::int32_t> SyntheticSource::class_of(std::int64_t trial) {
  return std::visit(
      [&](const auto& trials) -> std::optional<std::int32_t> {
        if constexpr (requires { trials.class_of(trial); }) return trials.class_of(number_of(trial));
        return std::nullopt;
      },
      kinds_->trials);
}

TaskFigures figures_of(const Spec& spec) {
  constexpr double kMostCells = 1e8;
  const auto* task = std::get_if<SyntheticTask>(&spec.task);
  if (task == nullptr) return {};
  const TrialSetting setting = setting_of(spec);
  TaskFigures figures;
  std::visit(
      [&]<class Kind>(const Kind& kind) {
        Trials<Kind> trials(kind, setting);
        if constexpr (requires { trials.chance(); }) figures.chance = trials.chance();
        if constexpr (requires { trials.landmarks(); }) figures.landmarks = trials.landmarks();
        const double cells = static_cast<double>(setting.ticks) * setting.readouts * std::max(task->patterns, 1);
        if (cells > kMostCells) return;
        const Moments moments =
            task->patterns > 0 ? moments_of_patterns(trials, setting, task->patterns) : moments_of(trials, setting);
        figures.constant_loss = best_constant(spec.training, moments, setting.readouts);
      },
      task->kind);
  return figures;
}

double synthetic_bytes(const Spec& spec) {
  const auto* task = std::get_if<SyntheticTask>(&spec.task);
  if (task == nullptr) return 0;
  const TrialSetting setting = setting_of(spec);
  double numbers = static_cast<double>(setting.ticks) * (static_cast<double>(setting.inputs) + setting.readouts);
  if (const auto* series = std::get_if<MackeyGlassTask>(&task->kind))
    numbers += 4.0 * (static_cast<double>(series->starts) + setting.ticks + series->horizon);
  return sizeof(double) * numbers;
}

}  // namespace locus
