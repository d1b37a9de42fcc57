#include "sim/run/learner.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "core/actor/network_part.h"
#include "core/protocol/closed_form.h"
#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "core/wire/budget.h"
#include "core/wire/part.h"
#include "sim/model/build.h"
#include "sim/model/errors.h"
#include "sim/model/learning.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/place.h"
#include "sim/run/pace.h"
#include "sim/run/weights.h"

namespace locus {
namespace {

template <class T, class R>
T transport_of(Network<R>& network, const Learning& learning, const TrialShape& shape, Audience audience,
               Executor executor, Door& door, RankExchange exchange) {
  if constexpr (std::is_same_v<T, Mailbox<R>>) {
    CHECK(exchange.ranks == 1, "mailboxes are of one process");
    return Mailbox<R>(network, learning, place(*network.topology, shards_for(*network.topology)), executor, door);
  } else {
    return Columns<R>(network, learning, horizon_of(shape, audience), executor, door, exchange);
  }
}

/// Threads of the batched transport may have weights laid out for themselves.
template <class T>
void renew_copies(T& transport) {
  if constexpr (requires { transport.copy_weights(); }) transport.copy_weights();
}

std::optional<Topology> part_for(const Topology& topology, const RankExchange& exchange) {
  if (exchange.ranks == 1) return std::nullopt;
  return part_of(topology, shares_of(topology, exchange.ranks), exchange.rank);
}

/// True if a budget may end the rule at some message, which one rank alone would meet.
bool may_break(Locality budget, const Learning& learning) {
  const std::int32_t lag = declared_lag(learning);
  return std::ranges::any_of(channels_of(selection_of(learning)), [&](Channel channel) {
    return breaks(budget, channel, 0) || (lag > 0 && breaks(budget, channel, lag));
  });
}

Learning shareable(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RankExchange& exchange) {
  if (exchange.ranks > 1) check_shareable(spec, topology, rule);
  return learning_of(spec, topology, rule);
}

/// Visits of a synapse by a rule from which on compiling it takes less time than it saves.
constexpr double kWorthCompiling = 3e8;

/// Visits of a synapse in one trial of each lane, where the plan has the model's own text.
template <class R>
double visits_of(const Plan& plan, const Network<R>& network, std::int32_t ticks) {
  double synapses = 0;
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    if (plan.projections[p].learns == Way::kLocal) synapses += static_cast<double>(network.projections()[p].size());
  }
  return synapses * network.lanes * ticks;
}

template <class R>
Indexed<double> rates_of(const Network<R>& network) {
  Indexed<double> rates;
  for (const Synapses<R>& synapses : network.synapses) rates.push_back(synapses.learning_rate);
  return rates;
}

/// Puts the weights and moments of a state of the whole into a part of it.
template <class R>
void restore_part(const RuleState& state, const Topology& whole, Network<R>& part) {
  Column<R> all;
  const auto put = [&](ProjectionId p, const std::vector<double>& values, Column<R>& column) {
    const Projection& projection = whole.projections[p];
    all.assign(static_cast<std::size_t>(projection.size()), R(0));
    set_values(projection, values, all);
    const Projection& own = part.projections()[p];
    column.resize(static_cast<std::size_t>(own.size()));
    each_own(projection, own, [&](std::int64_t from, std::int64_t to) { column[SynapseId{to}] = all[SynapseId{from}]; });
  };
  for (std::int32_t p = 0; p < std::ssize(part.projections()); ++p) {
    const ProjectionId id{p};
    put(id, state.weights[static_cast<std::size_t>(p)], part.synapses[id].weight);
  }
  std::vector<Kept> of_neurons;
  for (const Kept& kept : state.kept) {
    const ProjectionId id{kept.index};
    switch (kept.what) {
      case Kept::What::kFirstMoment: put(id, kept.values, part.synapses[id].first); break;
      case Kept::What::kSecondMoment: put(id, kept.values, part.synapses[id].second); break;
      default: of_neurons.push_back(kept);
    }
  }
  restore_kept(of_neurons, part);
}

}  // namespace

void check_shareable(const Spec& spec, const Topology& topology, const RuleSpec& rule) {
  const Learning learning = learning_of(spec, topology, rule);
  const Rule& row = locus::rule(learning.kind);
  if (row.drive == Drive::kSensitivity)
    throw UsageError("RTRL's sensitivities (n N scalars a tick) cannot be cut by neurons: run it alone");
  if (row.drive == Drive::kFactors)
    throw UsageError("UORO's factors are scaled by sums over all neurons, which ranks do not share: run it alone");
  std::string reason = why_not_shared(topology, row.drive == Drive::kSweep);
  if (learning.local) reason = "a rule that the model writes itself";
  if (!learning.learned_feedback.empty()) reason = "feedback that learns";
  if (!learning.wires.empty() || learning.synapses != NarrowSynapses{}) reason = "narrow wires or synapses";
  if (spec.chip) reason = "a chip";
  if (!spec.records.empty()) reason = "a run with recordings";
  if (may_break(spec.training.locality, learning))
    reason = fmt::format("a rule that may break the {} locality budget", name(spec.training.locality));
  if (!reason.empty()) throw UsageError(reason + " cannot be shared out by neurons: run it alone");
}

template <class R, TransportOf<R> T>
Learner<R, T>::Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, const Learning& learning,
                       std::int32_t lanes, const Permit& permit, Audience audience, Executor executor,
                       RankExchange exchange)
    : whole_(topology),
      part_(part_for(topology, exchange)),
      learning_(learning),
      shape_(trial_shape_of(spec)),
      updates_(spec.training.updates),
      schedule_(schedule_of(rule, spec.training)),
      network_(part_ ? part_of(build<R>(spec, topology, rule, lanes), *part_) : build<R>(spec, topology, rule, lanes)),
      rates_(rates_of(network_)),
      feedback_rate_(learning_rate_of(ProjectionSpec(), rule, spec.training)),
      door_(permit, sizeof(R)),
      transport_(transport_of<T>(network_, learning_, shape_, audience, executor, door_, exchange)),
      trial_(transport_, learning_, shape_, spec.training) {
  set_scalar_bits(learning_, door_.ledger());
}

template <class R, TransportOf<R> T>
Learner<R, T>::Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, Audience audience,
                       Executor executor, RankExchange exchange)
    : Learner(spec, topology, rule, shareable(spec, topology, rule, exchange), spec.training.batch,
              permit_of(learning_of(rule, spec.training), spec.training.locality), audience, executor, exchange) {
  if (spec.chip) chip_.emplace(spec, topology, network_.feedback, learning_, door_);
}

template <class R, TransportOf<R> T>
Learner<R, T>::Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, std::int32_t lanes,
                       const Permit& permit, Audience audience, Executor executor, RankExchange exchange)
    : Learner(spec, topology, rule, learning_of(spec, topology, rule), lanes, permit, audience, executor, exchange) {}

template <class R, TransportOf<R> T>
std::string Learner<R, T>::compile(const CompileOptions& options, std::int64_t updates) {
  if constexpr (std::is_same_v<T, Columns<R>>) {
    if (options.compile == Compile::kNever || !learning_.local) return "";
    const double visits = visits_of(transport_.plan(), network_, shape_.ticks) * static_cast<double>(updates);
    if (visits == 0 || (options.compile == Compile::kAuto && visits < kWorthCompiling)) return "";
    KernelAttempt attempt = kernels_of<R>(*learning_.local, learning_.dt, learning_.ticks, options.folder);
    if (!attempt.fault.empty() && options.compile == Compile::kAlways)
      throw UsageError("the rule cannot be compiled: " + attempt.fault);
    kernels_ = std::move(attempt.library);
    transport_.use(kernels_.template kernels<R>());
    return attempt.fault;
  } else {
    return "";
  }
}

template <class R, TransportOf<R> T>
void Learner<R, T>::begin_update(std::int64_t update) {
  if (chip_) chip_->begin_update(update);
  if (!schedule_) return;
  const double factor = rate_factor(*schedule_, update, updates_);
  for (std::size_t p = 0; p < rates_.size(); ++p) network_.synapses[p].learning_rate = rates_[p] * factor;
  for (Synapses<R>& synapses : network_.feedback_synapses) synapses.learning_rate = feedback_rate_ * factor;
}

template <class R, TransportOf<R> T>
double Learner<R, T>::run(const Batch<R>& batch) {
  const double loss = trial_.run(batch);
  count_trials();
  return loss;
}

template <class R, TransportOf<R> T>
void Learner<R, T>::count_trials() {
  if (network_.topology->rank == 0) door_.ledger().add_trials(network_.lanes, shape_.ticks);
}

template <class R, TransportOf<R> T>
bool Learner<R, T>::commit() {
  trial_.commit_batch();
  return !learns() || plastic_weights_finite(network_);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::restore(const RuleState& state) {
  if (part_) {
    restore_part(state, whole_, network_);
  } else {
    set_values(state.weights, network_);
    restore_kept(state.kept, network_);
  }
  renew_copies(transport_);
  network_.commits = state.commits;
  if (network_.topology->rank == 0) locus::restore(state, shape_.ticks, door_.ledger());
  if (chip_) chip_->restore(state);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::note_memory() {
  const ProtocolMemory memory = protocol_memory(learning_, whole_, shape_, sizeof(R));
  door_.ledger().set_memory(memory.history_bytes, memory.trace_bytes);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::set_learning_rate(ProjectionId projection, double rate) {
  rates_[projection] = rate;
  network_.synapses[projection].learning_rate = rate;
}

template <class R, TransportOf<R> T>
void Learner<R, T>::set_feedback_rate(double rate) {
  feedback_rate_ = rate;
  for (Synapses<R>& synapses : network_.feedback_synapses) synapses.learning_rate = rate;
}

template <class R, TransportOf<R> T>
void Learner<R, T>::set_weights(ProjectionId projection, const std::vector<double>& values) {
  set_values(values, projection, network_);
  if (learning_.synapses.weight) round_weights(*learning_.synapses.weight, projection, network_);
  renew_copies(transport_);
}

template <class R, TransportOf<R> T>
void Learner<R, T>::copy_weights(const Network<R>& from) {
  for (std::size_t p = 0; p < network_.synapses.size(); ++p) network_.synapses[p].weight = from.synapses[p].weight;
  renew_copies(transport_);
}

template class Learner<double, Columns<double>>;
template class Learner<double, Mailbox<double>>;
template class Learner<float, Columns<float>>;
template class Learner<float, Mailbox<float>>;

}  // namespace locus
