#include "sim/run/divergence.h"

#include <cmath>

#include <fmt/format.h>

#include "sim/run/offence.h"

namespace locus {
namespace {

/// -y*_k log pi_k of a readout [1].
template <class R>
double cross_entropy(const ReadoutLayer<R>& readouts, const R* target, std::size_t cell) {
  if (target[cell] == R(0)) return 0;
  const double log_pi = static_cast<double>(readouts.output[cell]) - static_cast<double>(readouts.peak[cell]) -
                        std::log(static_cast<double>(readouts.norm[cell]));
  return -static_cast<double>(target[cell]) * log_pi;
}

/// The first infinite number of a lane among `size` neurons of a layer; without one the first that
/// is not a number, since those follow from infinite ones.
template <class R>
std::optional<NonFinite> first_of(const R* column, std::int32_t size, std::int32_t lanes, NonFinite found) {
  std::optional<NonFinite> first;
  for (std::int32_t k = 0; k < size; ++k) {
    found.value = static_cast<double>(column[std::ptrdiff_t{k} * lanes + found.lane]);
    found.of.index = k;
    if (std::isinf(found.value)) return found;
    if (std::isnan(found.value) && !first) first = found;
  }
  return first;
}

std::string text_of(double value) { return std::isnan(value) ? "nan" : fmt::format("{}", value); }

template <class R>
std::string describe_loss(const Network<R>& network, const std::optional<NonFinite>& origin) {
  if (!origin) return "the loss is not finite: the sum of the trials' losses is too large";
  std::string text = fmt::format("the loss is not finite: the {} of {} is {} at tick {}", origin->quantity,
                                 describe(network, origin->of), text_of(origin->value), origin->tick);
  if (network.lanes > 1) text += fmt::format(", trial {} of the batch", origin->lane + 1);
  return text;
}

template <class R>
std::string describe_weight(const Network<R>& network) {
  for (std::int32_t p = 0; p < std::ssize(network.projections()); ++p) {
    if (!network.projections()[ProjectionId{p}].plastic) continue;
    const Column<R>& weights = network.synapses[ProjectionId{p}].weight;
    for (std::size_t k = 0; k < weights.size(); ++k) {
      if (std::isfinite(weights[k])) continue;
      const Endpoint synapse = {Party::kSynapse, p, static_cast<std::int64_t>(k)};
      return fmt::format("a weight is not finite: {} is {}", describe(network, synapse),
                         text_of(static_cast<double>(weights[k])));
    }
  }
  return "a weight is not finite";
}

}  // namespace

template <class R>
NonFinite origin_of_loss(const Network<R>& network, const LossTerms<R>& terms, Tick now, std::int32_t lane) {
  const ReadoutLayer<R>& readouts = network.readouts;
  const bool classes = terms.target != nullptr;
  const auto named = [&](std::string_view quantity, Party party) {
    return NonFinite{quantity, {party, 0, 0}, now.value, lane, 0};
  };
  if (terms.of_state) {
    if (const auto neuron =
            first_of(network.rate.activity.data(), network.rate.size, network.lanes, named("activity", Party::kRate)))
      return *neuron;
  }
  // an error that is not finite is that of such an output, since targets are finite; under the
  // cross-entropy one such output makes all errors so
  if (const auto readout = first_of(classes ? readouts.output.data() : terms.error, readouts.size, network.lanes,
                                    named("output", Party::kReadout)))
    return *readout;
  NonFinite largest = named(classes ? "cross-entropy" : "squared error", Party::kReadout);
  for (std::int32_t k = 0; k < readouts.size; ++k) {
    const auto cell =
        static_cast<std::size_t>(k) * static_cast<std::size_t>(network.lanes) + static_cast<std::size_t>(lane);
    const auto error = static_cast<double>(terms.error[cell]);
    const double term = classes ? cross_entropy(readouts, terms.target, cell) : error * error;
    if (k > 0 && !(std::abs(term) > std::abs(largest.value))) continue;
    largest.of.index = k;
    largest.value = term;
  }
  return largest;
}

template <class R>
std::string describe_divergence(const Network<R>& network, double loss, const std::optional<NonFinite>& origin) {
  return std::isfinite(loss) ? describe_weight(network) : describe_loss(network, origin);
}

template NonFinite origin_of_loss(const Network<double>&, const LossTerms<double>&, Tick, std::int32_t);
template NonFinite origin_of_loss(const Network<float>&, const LossTerms<float>&, Tick, std::int32_t);
template std::string describe_divergence(const Network<double>&, double, const std::optional<NonFinite>&);
template std::string describe_divergence(const Network<float>&, double, const std::optional<NonFinite>&);

}  // namespace locus
