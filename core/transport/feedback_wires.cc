#include "core/transport/feedback_wires.h"

#include <algorithm>
#include <string>

namespace locus {

template <class R>
FeedbackWires<R>::FeedbackWires(const Network<R>& network, const Learning& learning) : network_(&network) {
  const NarrowWires* const wires = wires_of(learning, Channel::kFeedback);
  ideal_ = wires == nullptr;
  if (ideal_) return;
  grid_ = wires->grid;
  drop_ = wires->drop;
  delay_ = wires->delay;
  rounding_ = random_key(learning.seed, "wires/FEEDBACK/rounding");
  for (const Projection& part : network.feedback) {
    const std::string onto = std::to_string(part.target_population.value);
    losses_.push_back(random_key(learning.seed, "wires/FEEDBACK/drop/" + onto));
  }
  said_.assign(static_cast<std::size_t>(delay_ + 1) * network.readouts.epsilon.size(), R(0));
}

template <class R>
void FeedbackWires<R>::begin_trial() {
  std::ranges::fill(said_, R(0));
}

template <class R>
const R* FeedbackWires<R>::say(Tick now, bool tick_has_error) {
  const Column<R>& epsilon = network_->readouts.epsilon;
  if (ideal_) return epsilon.data();
  R* const said = said_.data() + row_of(now);
  if (!tick_has_error) {
    std::fill_n(said, epsilon.size(), R(0));
    return said;
  }
  const auto lanes = static_cast<std::int64_t>(network_->lanes);
  for (std::int64_t cell = 0; cell < std::ssize(epsilon); ++cell) {
    const R exact = epsilon[static_cast<std::size_t>(cell)];
    said[cell] = exact;
    if (!grid_ || exact == R(0)) continue;
    const auto trial = static_cast<std::uint64_t>(network_->first_trial + cell % lanes);
    said[cell] = on_grid(exact, *grid_, rounding_draw(*grid_, rounding_, trial, number_of(now), cell / lanes));
  }
  return said;
}

template <class R>
const R* FeedbackWires<R>::arriving(Tick now) const {
  if (ideal_) return network_->readouts.epsilon.data();
  if (sent(now).value < 1) return nullptr;
  return said_.data() + row_of(sent(now));
}

template <class R>
bool FeedbackWires<R>::is_lost(std::size_t part, std::int64_t synapse, std::int32_t lane, Tick sent) const {
  const auto trial = static_cast<std::uint64_t>(network_->first_trial + lane);
  return uniform_at(losses_[part], trial, number_of(sent), static_cast<std::uint64_t>(synapse)) < drop_;
}

template class FeedbackWires<double>;
template class FeedbackWires<float>;

}  // namespace locus
