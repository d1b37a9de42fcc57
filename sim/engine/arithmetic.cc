#include "sim/engine/arithmetic.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/engine/grid.h"

namespace locus {
namespace {

std::int64_t saturating_product(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  return (a < 0) == (b < 0) ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min() + 1;
}

/// number * 2^shift, cut off towards 0, at most `most` in size.
std::int64_t shifted(std::int64_t number, int shift, std::int64_t most) {
  if (shift > 0) number = std::clamp(number, -most, most);
  for (; shift > 0 && number != 0 && std::abs(number) <= most; --shift) number *= 2;
  if (shift < 0) number = shift <= -63 ? 0 : number / (std::int64_t{1} << -shift);
  return std::clamp(number, -most, most);
}

/// The random numbers of accesses and variables differ.
std::uint64_t salted(std::int64_t tick, std::uint64_t salt) { return static_cast<std::uint64_t>(tick) * 64 + salt; }

}  // namespace

std::int64_t rounded(double number, EngineRounding rounding, double draw) {
  switch (rounding) {
    case EngineRounding::kNearest: return std::llround(number);
    case EngineRounding::kDown: return static_cast<std::int64_t>(std::floor(number));
    case EngineRounding::kStochastic: break;
  }
  const double below = std::floor(number);
  return static_cast<std::int64_t>(below) + (draw < number - below ? 1 : 0);
}

EngineSynapses::EngineSynapses(const Binding& binding, const EngineSpec& engine, std::vector<std::int32_t> source,
                               std::vector<std::int32_t> target, std::int32_t sources, std::int32_t targets,
                               std::uint64_t seed)
    : binding_(binding),
      engine_(engine),
      source_(std::move(source)),
      target_(std::move(target)),
      trace_key_(random_key(seed, "engine/traces")),
      sum_key_(random_key(seed, "engine/sums")) {
  for (const BoundVariable& variable : binding_.variables) {
    bits_.push_back(std::ranges::find(engine_.variables, variable.variable, &EngineVariable::name)->bits);
    stored_.emplace_back(source_.size(), 0);
  }
  next_ = stored_;
  source_reads_.assign(binding_.source.size(), std::vector<std::int64_t>(static_cast<std::size_t>(sources), 0));
  target_reads_.assign(binding_.target.size(), std::vector<std::int64_t>(static_cast<std::size_t>(targets), 0));
}

void EngineSynapses::set_weights(std::span<const double> weights) {
  const BoundVariable& weight = binding_.variables.front();
  for (std::size_t k = 0; k < weights.size(); ++k)
    stored_.front()[k] = std::clamp<std::int64_t>(std::llround(weights[k] / weight.step), weight.least, weight.largest);
}

double EngineSynapses::weight(std::size_t synapse) const {
  return static_cast<double>(stored_.front()[synapse]) * binding_.variables.front().step;
}

void EngineSynapses::begin_trial() {
  for (std::size_t v = 1; v < stored_.size(); ++v) std::ranges::fill(stored_[v], 0);
  for (auto* reads : {&source_reads_, &target_reads_}) {
    for (std::vector<std::int64_t>& of : *reads) std::ranges::fill(of, 0);
  }
}

/// A trace of spikes decays, rounded, and gets its impulse.
void EngineSynapses::move(const BoundAccess& access, std::uint64_t salt, std::span<const double> spikes,
                          const EngineTick& now, std::vector<std::int64_t>& reads) const {
  const std::int64_t impulse = std::llround(access.impulse / access.step);
  for (std::size_t i = 0; i < reads.size(); ++i) {
    const double draw = uniform_at(trace_key_, static_cast<std::uint64_t>(now.trial), salted(now.tick, salt), i);
    const std::int64_t kept = rounded(static_cast<double>(reads[i]) * access.decay, access.rounding, draw);
    reads[i] = std::clamp(kept + (!spikes.empty() && spikes[i] != 0 ? impulse : 0), access.least, access.largest);
  }
}

void EngineSynapses::tick(const EngineTick& now) {
  const auto read = [](const BoundAccess& access, double number) {
    return std::clamp<std::int64_t>(std::llround(number / access.step), access.least, access.largest);
  };
  for (std::size_t a = 0; a < source_reads_.size(); ++a) {
    const BoundAccess& access = binding_.source[a];
    if (access.source == AccessSource::kSpikes) {
      move(access, a, now.sent, now, source_reads_[a]);
      continue;
    }
    for (std::size_t i = 0; i < source_reads_[a].size(); ++i) source_reads_[a][i] = read(access, now.sent[i]);
  }
  for (std::size_t a = 0; a < target_reads_.size(); ++a) {
    const BoundAccess& access = binding_.target[a];
    if (access.source == AccessSource::kSpikes) {
      move(access, 32 + a, now.spiked, now, target_reads_[a]);
      continue;
    }
    for (std::size_t i = 0; i < target_reads_[a].size(); ++i) target_reads_[a][i] = read(access, now.values[a][i]);
  }
  for (std::size_t v = 0; v < stored_.size(); ++v) {
    const BoundVariable& variable = binding_.variables[v];
    // bits of the sum behind the variable's last
    const int below = engine_.update.sum_bits - bits_[v];
    for (std::size_t k = 0; k < source_.size(); ++k) {
      const double sum = std::ldexp(static_cast<double>(sum_of(v, k, now)), -below);
      const double draw = uniform_at(sum_key_, static_cast<std::uint64_t>(now.trial), salted(now.tick, v), k);
      next_[v][k] = std::clamp(rounded(sum, engine_.update.rounding, draw), variable.least, variable.largest);
    }
  }
  std::swap(stored_, next_);
}

/// The variable, and all products that change it, in the bits of a sum.
std::int64_t EngineSynapses::sum_of(std::size_t variable, std::size_t synapse, const EngineTick& now) const {
  const int below = engine_.update.sum_bits - bits_[variable];
  const std::int64_t most = (std::int64_t{1} << engine_.update.sum_bits) - 1;
  std::int64_t sum = shifted(stored_[variable][synapse], below, most);
  for (const BoundProduct& product : binding_.products) {
    if (product.target != static_cast<int>(variable)) continue;
    const std::int64_t added = shifted(product_of(product, synapse, now), product.exponent + below, most);
    sum = std::clamp(sum + added, -most, most);
  }
  return sum;
}

/// Mantissa and factors; 0 where the condition does not hold.
std::int64_t EngineSynapses::product_of(const BoundProduct& product, std::size_t synapse, const EngineTick& now) const {
  const auto source = static_cast<std::size_t>(source_[synapse]);
  const auto target = static_cast<std::size_t>(target_[synapse]);
  if (product.condition == Condition::kSourceSpike && now.sent[source] == 0) return 0;
  if (product.condition == Condition::kTargetSpike && (now.spiked.empty() || now.spiked[target] == 0)) return 0;
  std::int64_t value = product.mantissa;
  for (const BoundFactor& factor : product.factors) {
    const auto i = static_cast<std::size_t>(factor.index);
    switch (factor.of) {
      case BoundFactor::Of::kSource: value = saturating_product(value, source_reads_[i][source]); break;
      case BoundFactor::Of::kTarget: value = saturating_product(value, target_reads_[i][target]); break;
      case BoundFactor::Of::kVariable: value = saturating_product(value, stored_[i][synapse]); break;
      case BoundFactor::Of::kReward:
        value = saturating_product(value, std::llround(now.reward / binding_.reward_step));
        break;
    }
  }
  return value;
}

}  // namespace locus
