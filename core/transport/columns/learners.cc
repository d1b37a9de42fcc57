#include "core/transport/columns/learners.h"

#include <algorithm>

#include "core/kernel/settle.h"
#include "core/kernel/transposed.h"
#include "core/protocol/phase_table.h"
#include "core/transport/columns/grains.h"
#include "core/transport/columns/neurons_clock.h"
#include "core/transport/columns/sending.h"
#include "core/transport/no_offence.h"

namespace locus {
namespace {

/// POST messages of a tick over A: fan-in of every readout with an error.
template <class R>
std::int64_t count_errors(Common<R>& common, ProjectionId p) {
  const Projection& projection = common.projection(p);
  const R* epsilon = common.network.readouts.epsilon.data() + common.first_target(projection);
  if (projection.dense)
    return count_said(common, epsilon, std::int64_t{projection.target_size} * common.lanes) * projection.source_size;
  return count_heard(epsilon, common.fans_in(p), projection.target_size, common.lanes);
}

/// POST messages over a projection under a local rule: fan-in of every target with something to
/// tell, has_news(cell) of a spiking one; others tell something in every tick.
template <class R, class HasNews>
std::int64_t count_news(const Common<R>& common, ProjectionId p, HasNews has_news) {
  const Projection& projection = common.projection(p);
  if (!common.network.topology->target_of(projection).spiking) return projection.size() * common.lanes;
  const auto width = static_cast<std::size_t>(common.lanes);
  const auto first = static_cast<std::size_t>(projection.target_begin) * width;
  const std::size_t cells = static_cast<std::size_t>(projection.target_size) * width;
  std::int64_t messages = 0;
  for (std::size_t cell = 0; cell < cells; ++cell)
    messages += has_news(first + cell) ? common.fans_in(p)[cell / width] : 0;
  return messages;
}

/// The first TRANSPORT over A: from the first synapse whose readout has an error, in any lane.
template <class R>
Endpoints first_transport(const Common<R>& common, ProjectionId p, Party to) {
  const Projection& projection = common.projection(p);
  const R* epsilons = common.network.readouts.epsilon.data() + common.first_target(projection);
  const auto silent = [&](std::int64_t k) {
    const R* epsilon = epsilons + std::ptrdiff_t{projection.target_of(k)} * common.lanes;
    return std::all_of(epsilon, epsilon + common.lanes, [](R value) { return value == R(0); });
  };
  std::int64_t first = 0;
  while (silent(first)) ++first;
  const std::int32_t source = projection.source_begin + projection.source_of(first);
  return {{Party::kSynapse, p.value, first},
          to == Party::kAgent ? Endpoint{Party::kAgent, 0, 0} : Endpoint{Party::kRate, 0, source}};
}

/// Turns the signals on the tape into coefficients, for the neurons of a population whose
/// projections are deferred.
template <class R>
void filter_population(Common<R>& common, const Neurons& population) {
  Tapes<R>& tapes = common.tapes;
  const Tapes<R>& read = tapes;
  TraceFilter<R> filter{read.gains.view(), read.decays.view(), trace_decay_of(common, population, 0)};
  if (population.differ() && !filter.decay) {
    for (std::int32_t i = 0; i < population.size; ++i) {
      filter.constant_decay = trace_decay_of(common, population, i);
      filter_signals(tapes.signals.view(), filter, population.begin + i, common.lanes, common.trial.ticks);
    }
    return;
  }
  // A run: what is contiguous at each tick, all neurons of the population with one lane, the lanes
  // of a neuron with more.
  const std::int32_t runs = common.lanes == 1 ? 1 : population.size;
  const std::int32_t length = common.lanes == 1 ? population.size : common.lanes;
  for (std::int32_t run = 0; run < runs; ++run)
    filter_signals(tapes.signals.view(), filter, population.begin + run, length, common.trial.ticks);
}

template <class R>
void filter_coefficients(Common<R>& common) {
  for (const Neurons& population : common.network.rate.populations) {
    const auto onto = [&](ProjectionId p) {
      return common.projection(p).target_begin == population.begin && common.plan_for(p).learns == Way::kDeferred;
    };
    const auto found = std::ranges::find_if(common.onto_rate, onto);
    if (found != common.onto_rate.end()) filter_population(common, population);
  }
}

}  // namespace

template <class R>
Learners<R>::Learners(const Common<R>& common) : worths_(common.plan) {
  ways_.reserve(common.plan.projections.size());
  for (ProjectionId p; p.value < std::ssize(common.plan.projections); ++p.value) {
    ways_.push_back(make_way(common, p));
    hears_axons_.push_back(hears_axons(ways_.back()) ? 1 : 0);
  }
  if (common.learning.local) local_.emplace(common.network, common.learning);
}

template <class R>
void Learners<R>::watch(const Common<R>& common, ProjectionId p) {
  if (std::ranges::find(watched_, p, &WatchedTraces<R>::projection) != watched_.end()) return;
  watched_.emplace_back(common, p);
  hears_axons_[p] = 1;
}

template <class R>
void Learners<R>::begin_trial() {
  const auto begin = [](auto& own) {
    if constexpr (requires { own.begin_trial(); }) own.begin_trial();
  };
  for (AnyWay<R>& way : ways_) std::visit(begin, way);
  for (WatchedTraces<R>& watched : watched_) watched.begin_trial();
  if (local_) local_->begin_trial();
}

template <class R>
bool Learners<R>::send(const Common<R>& common, ProjectionId p) {
  auto* const fused = std::get_if<FusedWay<R>>(&way(p));
  return fused != nullptr && fused->send(common);
}

template <class R>
void Learners<R>::keep_axon(ProjectionId p, const R* activity) {
  const auto hear = [&](auto& own) {
    if constexpr (requires { own.hear_axon(activity); }) own.hear_axon(activity);
  };
  std::visit(hear, way(p));
  for (WatchedTraces<R>& watched : watched_) {
    if (watched.projection() == p) watched.hear_axon(activity);
  }
}

template <class R>
void Learners<R>::hear_post(ProjectionId p, const PostTick<R>& tick) {
  const auto hear = [&](auto& own) {
    if constexpr (requires { own.hear_post(tick); }) own.hear_post(tick);
  };
  std::visit(hear, way(p));
}

template <class R>
void Learners<R>::hear_run(const Common<R>& common, Tick first, Tick last, std::int32_t quiet) {
  for (const ProjectionId p : common.onto_rate) {
    auto* const shared = std::get_if<SharedWay<R>>(&way(p));
    if (shared == nullptr) continue;
    const Projection& projection = common.projection(p);
    shared->hear_ticks(common.said_from(projection, first, quiet));
    for (Tick now{first.value + quiet}; now <= last; ++now.value) {
      shared->hear_axon(common.said_from(projection, now, 1).value);
      shared->hear_post({.common = common, .columns = common.from_rate, .row = now.value - 1});
    }
  }
}

template <class R>
void Learners<R>::finish(const Common<R>& common) {
  const auto finish = [&](auto& own) {
    if constexpr (requires { own.finish(common); }) own.finish(common);
  };
  for (AnyWay<R>& way : ways_) std::visit(finish, way);
}

template <class R>
R& Learners<R>::change(ProjectionId projection, SynapseId synapse) {
  auto* const summed = std::get_if<SummedWay<R>>(&way(projection));
  CHECK(summed != nullptr, "only synapses that hear their change are handled one by one");
  return summed->delta()[synapse];
}

template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::Errors<R>& errors) {
  const Answers<R>& answers = errors.answers;
  const Column<R>& epsilon = common.network.readouts.epsilon;
  Door& door = common.door;
  const std::int32_t row = door.now().value - 1;
  common.from_readouts.signal.assign(epsilon.begin(), epsilon.end());
  for (const ProjectionId p : common.onto_readouts) {
    const Projection& projection = common.projection(p);
    const bool transports = answers && projection.source_layer == Layer::kRate;
    if (!projection.plastic && !transports) continue;
    const CountedOnce<R> once(common, is_on_every_rank(projection));
    const std::int64_t messages = projection.is_bias ? 0 : count_errors(common, p);
    if (!projection.is_bias) common.door.pass(common.passages(p).post, 0, messages, no_offence);
    hear_post(p, {.common = common, .columns = common.from_readouts, .row = row});
    if (!transports) continue;
    common.door.pass(common.passages(p).transport, 0, messages, [&] { return first_transport(common, p, answers.to); });
    record_targets(door.traffic(), 0, projection, common.fans_in(p), epsilon.data() + common.first_target(projection),
                   common.lanes);
    if (!answers.later) carry_errors_back(common, p, epsilon.data(), answers.sums_of(common.network, p));
  }
  Tapes<R>& tapes = common.tapes;
  if (tapes.epsilons.empty()) return;
  tapes.epsilons.write(row, epsilon.data());
  tapes.reported.mark(row);
}

template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::Posts& posts) {
  if (local_) return deliver_local(common, posts);
  const std::int32_t row = common.door.now().value - 1;
  const RateLayer<R>& rate = common.network.rate;
  Tapes<R>& tapes = common.tapes;
  if (common.plan.posts_to_each) {
    common.from_rate.gain.assign(rate.gain.begin(), rate.gain.end());
    common.from_rate.signal.assign(rate.signal.begin(), rate.signal.end());
  }
  if (common.rule.decay == DecaySource::kNeuron) NeuronsClock<R>::note_decays(common, row);
  if (!tapes.signals.empty() && (posts.tick_has_error || !tapes.gains.empty()))
    tapes.signals.write(row, rate.signal.data());
  for (WatchedTraces<R>& watched : watched_) watched.hear_post(common);
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    if (!projection.plastic) continue;
    if (const auto* const events = std::get_if<EventsWay<R>>(&way(p))) {
      if (!projection.is_bias) pass<Phase::kSpikingPost>(common.door, 0, events->count_news(common), no_offence);
      continue;
    }
    const Learn learn = common.knows_gain(p) && !posts.tick_has_error ? Learn::kDrift : Learn::kPost;
    if (learn == Learn::kPost && !projection.is_bias) {
      common.door.pass(common.passages(p).post, 0, projection.size() * common.lanes, no_offence);
    }
    hear_post(p, {common, learn, common.from_rate, posts.tick_has_error, row});
  }
  if (posts.tick_has_error) tapes.learnt.mark(row);
}

template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::Rewards<R>& rewards) {
  const std::int32_t neurons = common.network.rate.size;
  const std::int64_t lanes = count_nonzero(rewards.value, common.lanes);
  // the rows of rewards differ in their ticks alone
  pass<Phase::kReward>(common.door, 0, lanes * neurons, no_offence);
  local_->silence_reward(0, neurons);
  Traffic* const traffic = common.door.traffic();
  for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
    if (rewards.value[lane] == R(0)) continue;
    for (std::int32_t i = 0; i < neurons; ++i) {
      if (traffic != nullptr) traffic->add(stream_of(Phase::kReward), 0, i, lane, 1);
      local_->hear(static_cast<std::size_t>(std::ptrdiff_t{i} * common.lanes + lane), Reward<R>{rewards.value[lane]});
    }
  }
}

template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::LocalEnds& ends) {
  local_->end(0, common.network.rate.size, ends.tick_has_error);
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    auto* const way = std::get_if<LocalWay<R>>(&this->way(p));
    if (way == nullptr) continue;
    const auto has_news = [&](std::size_t cell) { return local_->has_end_news(cell); };
    if (!projection.is_bias && local_->rule().posts.end_scalars > 0)
      common.door.pass(common.passages(p).end_post, 0, count_news(common, p, has_news), no_offence);
    const std::int32_t row = common.door.now().value - 1;
    way->hear_end({common, Learn::kPost, common.from_rate, ends.tick_has_error, row, &*local_});
  }
}

template <class R>
void Learners<R>::use(const RuleKernels<R>& kernels) {
  for (AnyWay<R>& way : ways_) {
    if (auto* const local = std::get_if<LocalWay<R>>(&way)) local->use(kernels);
  }
}

template <class R>
void Learners<R>::deliver_local(Common<R>& common, const phase::Posts& posts) {
  local_->tick(0, common.network.rate.size, posts.tick_has_error);
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    if (!projection.plastic) continue;
    const Population& target = common.network.topology->target_of(projection);
    if (!projection.is_bias && local_->speaks(target, posts.tick_has_error)) {
      const auto has_news = [&](std::size_t cell) { return local_->has_news(cell); };
      common.door.pass(common.passages(p).post, 0, count_news(common, p, has_news), no_offence);
    }
    const std::int32_t row = common.door.now().value - 1;
    hear_post(p, {common, Learn::kPost, common.from_rate, posts.tick_has_error, row, &*local_});
  }
}

template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::RateErrors&) {
  worths_.hear_rates(common);
  for (const ProjectionId p : common.onto_rate) {
    if (common.plan_for(p).learns != Way::kEvents || common.projection(p).is_bias) continue;
    common.door.template pass<Channel::kPost, Party::kRate, Party::kSynapse>(
        0, common.projection(p).size() * common.lanes, 1, no_offence);
  }
}

template <class R>
void Learners<R>::collect(Common<R>& common, R scale) {
  worths_.commit(common);
  if (common.rule.drive == Drive::kOnline && !common.tapes.gains.empty()) filter_coefficients(common);
  for (ProjectionId p; p.value < std::ssize(ways_); ++p.value) {
    const CommitTick<R> tick{common, static_cast<R>(common.synapses(p).learning_rate) * scale, worths_};
    const auto commit = [&](auto& own) {
      if constexpr (requires { own.commit(tick); }) own.commit(tick);
    };
    std::visit(commit, way(p));
  }
  common.tapes.learnt.clear();
  common.tapes.reported.clear();
}

/// The lanes are replicas that ask for one mean: every agent hears the same squares.
template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::Squares<R>& squares) {
  collect(common, squares.scale);
  collected_ = true;
  for (ProjectionId p; p.value < std::ssize(ways_); ++p.value) {
    const Column<R>* const delta = changes_of(way(p));
    if (delta == nullptr) continue;
    const Projection& projection = common.projection(p);
    const CountedOnce<R> once(common, is_on_every_rank(projection));
    common.door.template pass<Channel::kClip, Party::kSynapse, Party::kAgent>(0, projection.size() * common.lanes, 1, [&] {
      return Endpoints{{Party::kSynapse, p.value, 0}, {Party::kAgent, 0, 0}};
    });
    const R sum = squares_of(common, p, changes_of(way(p))->data(), squares.scale);
    for (std::int32_t lane = 0; lane < common.lanes; ++lane) on(AgentCell<R>{squares.sums[lane]}, Square<R>{sum});
  }
}

template <class R>
void Learners<R>::deliver(Common<R>& common, const phase::Factors<R>& factors) {
  for (ProjectionId p; p.value < std::ssize(ways_); ++p.value) {
    Column<R>* const delta = changes_of(way(p));
    if (delta == nullptr) continue;
    const CountedOnce<R> once(common, is_on_every_rank(common.projection(p)));
    common.door.template pass<Channel::kClip, Party::kAgent, Party::kSynapse>(
        0, common.projection(p).size() * common.lanes, 1, no_offence);
    Column<R>& weight = common.synapses(p).weight;
    for (std::size_t k = 0; k < delta->size(); ++k)
      on(TaughtSynapse<R>{weight[k], (*delta)[k]}, Factor<R>{factors.factors[0]});
  }
}

template <class R>
void Learners<R>::commit(Common<R>& common, R scale) {
  if (!collected_) collect(common, scale);
  collected_ = false;
  for (ProjectionId p; p.value < std::ssize(ways_); ++p.value) {
    Column<R>* const delta = changes_of(way(p));
    if (delta == nullptr) continue;
    Synapses<R>& synapses = common.synapses(p);
    settle(CommitColumns<R>{synapses.weight, *delta, synapses.first, synapses.second}, common.optimizer(p),
           CommitStep{synapses.learning_rate, static_cast<double>(scale), common.network.commits});
  }
}

template class Learners<double>;
template class Learners<float>;

}  // namespace locus
