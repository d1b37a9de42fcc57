#include "tests/support/oracle_factors.h"

#include <cmath>

namespace locus::oracle {
namespace {

double norm(const Row& values) {
  double sum = 0;
  for (const double value : values) sum += value * value;
  return std::sqrt(sum);
}

}  // namespace

void Factors::tick(const FactorTick& at) {
  const std::size_t n = at.net.units;
  mixed_.resize(n);
  trace_.resize(at.plastic.size());
  Row forward(n), signs(n), drawn(at.plastic.size());
  for (std::size_t i = 0; i < n; ++i) forward[i] = (1 - at.net.leak[i]) * mixed_[i];
  for (const Synapse& synapse : at.net.w) {
    if (at.first) break;
    at.send(Channel::kAxon, 1, actor(Party::kRate, synapse.source), actor(synapse));
    at.send(Channel::kDendrite, 1, actor(synapse), actor(Party::kRate, synapse.target));
    const double gain = at.net.leak[synapse.target] * at.slope[synapse.target];
    forward[synapse.target] += gain * synapse.weight * mixed_[synapse.source];
  }
  const RandomKey key = random_key(at.seed, "factors/signs");
  for (std::size_t i = 0; i < n && at.row > 0; ++i) signs[i] = uniform_at(key, at.trial, at.row, i) < 0.5 ? -1 : 1;
  for (std::size_t q = 0; q < at.plastic.size(); ++q) {
    const std::size_t i = at.plastic[q]->target;
    drawn[q] = signs[i] * at.net.leak[i] * at.slope[i] * at.pre(*at.plastic[q]);
  }
  for (std::size_t i = 0; i < n; ++i) {
    at.send(Channel::kReduce, 5, actor(Party::kRate, i), kAgent);
    at.send(Channel::kReduce, 3, kAgent, actor(Party::kRate, i));
  }
  const bool both = norm(trace_) > 0 && norm(forward) > 0;
  const double rho0 = both ? std::sqrt(norm(trace_) / norm(forward)) : 1;
  const double rho1 = std::sqrt(norm(drawn) / std::sqrt(static_cast<double>(n)));
  double along = 0;
  for (std::size_t i = 0; i < n; ++i) {
    mixed_[i] = rho0 * forward[i] + rho1 * signs[i];
    along += at.signal[i] * mixed_[i];
  }
  for (std::size_t q = 0; q < at.plastic.size(); ++q) {
    trace_[q] = trace_[q] / rho0 + (rho1 > 0 ? drawn[q] / rho1 : 0);
    if (!at.has_error) continue;
    if (!at.plastic[q]->is_bias)
      at.send(Channel::kPost, 2, actor(Party::kRate, at.plastic[q]->target), actor(*at.plastic[q]));
    at.plastic[q]->delta += along * trace_[q];
  }
}

}  // namespace locus::oracle
