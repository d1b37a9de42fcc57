#include "tests/support/spiking_oracle.h"

#include "tests/support/spiking_world.h"

namespace locus::spiking {

using oracle::Synapse;

std::string name(Mutation mutation) {
  constexpr const char* kNames[] = {"none",
                                    "reset before the leak",
                                    "reset by the adapted threshold",
                                    "no reset",
                                    "adaptation with the spike of the tick",
                                    "a tick more of rest",
                                    "readout a tick late",
                                    "target a tick late",
                                    "window a tick longer",
                                    "trace of z of the own tick",
                                    "signal a tick late",
                                    "low-pass of before",
                                    "no 1 - kappa",
                                    "no zeta in the trace",
                                    "psi while resting",
                                    "psi against V_th",
                                    "rate error not by T",
                                    "rate error by the low-pass",
                                    "rate error off",
                                    "rate without the last tick",
                                    "averaged by T",
                                    "Adam from k = 2",
                                    "Adam's epsilon inside",
                                    "diagonal learns",
                                    "eps used after its update",
                                    "readout trace a tick late"};
  return kNames[static_cast<std::size_t>(mutation)];
}

std::vector<Mutation> mutations() {
  std::vector<Mutation> all;
  for (int k = 1; k <= static_cast<int>(Mutation::kReadoutTraceATickLate); ++k) all.push_back(static_cast<Mutation>(k));
  return all;
}

oracle::Answer solve(const Spec& spec, const RuleSpec& rule, Mutation mutation, Spikes* spikes) {
  World world(spec, rule, mutation);
  world.measure_memory();
  const auto& trials = std::get<RecordedTask>(spec.task).trials;
  const auto batch = static_cast<std::size_t>(spec.training.batch);
  std::vector<State> states(batch, world.rest());  // by lane
  for (std::size_t update = 0; update < static_cast<std::size_t>(spec.training.updates); ++update) {
    double loss = 0;
    for (std::size_t lane = 0; lane < batch; ++lane) {
      const RecordedTrial& trial = trials[(update * batch + lane) % trials.size()];
      if (!spec.training.carry_state) states[lane] = world.rest();
      const Life life = world.run_trial(trial, states[lane]);
      world.count_forward(life);
      ++world.answer.trials;
      if (spikes != nullptr) {
        auto& all = spikes->emplace_back();
        for (std::size_t t = 0; t < life.z.size(); ++t) {
          for (std::size_t i = 0; i < life.z[t].size(); ++i) {
            if (life.z[t][i] != 0) all.emplace_back(static_cast<std::int32_t>(t) + 1, static_cast<std::int32_t>(i));
          }
        }
      }
      if (!world.learns()) continue;
      loss += world.loss(life, trial);
      world.learn_readouts(life);
      if (rule.kind == RuleKind::kBptt || rule.kind == RuleKind::kTbptt) {
        world.learn_backwards(life);
      } else {
        world.learn_online(life);
      }
    }
    if (!world.learns()) continue;
    world.answer.losses.push_back(loss / static_cast<double>(batch));
    world.commit();
  }
  return world.answer;
}

oracle::ByProjection backward(const Spec& spec, const RuleSpec& rule, Paths paths) {
  World world(spec, rule, Mutation::kNone);
  const Life life = world.run_trial(std::get<RecordedTask>(spec.task).trials.at(0));
  world.learn_readouts(life);
  world.backward_whole(life, paths);
  for (const std::vector<Synapse>* block : {&world.net.b, &world.net.w, &world.net.a, &world.net.d}) {
    for (const Synapse& s : *block) world.answer.delta[static_cast<std::size_t>(s.projection)][s.entry] = s.delta;
  }
  return world.answer.delta;
}

oracle::ByProjection tangents(const Spec& spec, const RuleSpec& rule) {
  World world(spec, rule, Mutation::kNone);
  const Life life = world.run_trial(std::get<RecordedTask>(spec.task).trials.at(0));
  for (int block = 0; block < 4; ++block) {
    for (const Synapse& s : world.synapses(block))
      world.answer.delta[static_cast<std::size_t>(s.projection)][s.entry] = world.tangent(life, s, block);
  }
  return world.answer.delta;
}

}  // namespace locus::spiking
