// Faults of training: clips, evaluations, the begin of trials, schedules and stops.
#include <gtest/gtest.h>

#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

TEST(Faults, OfClips) {
  const auto with = [](const std::string& words) {
    return [words](M& m) { m.training = "training { learning_rate: 0.1 " + words + " }"; };
  };
  expect_faults({
      {"no bound", with("@clip {}"), "training.clip", {"gives no bound", "element, global_norm"}},
      {"element of 0", with("clip { @element: 0 }"), "training.clip.element", {"is 0", "above 0"}},
      {"element that is no number", with("clip { @element: nan }"), "training.clip.element", {"is nan"}},
      {"norm below 0", with("clip { @global_norm: -1 }"), "training.clip.global_norm", {"is -1", "above 0"}},
      {"norm on a chip",
       [](M& m) {
         m.training = "training { learning_rate: 0.1 clip { @global_norm: 1 } }";
         m.rules += " chip { mesh { width: 2 height: 2 } neurons_per_core: 100 }";
       },
       "training.clip.global_norm",
       {"with a chip", "element"}},
  });
}

TEST(Faults, OfEvaluations) {
  const std::string trial = "{ input { rows: 2 cols: 2 values: [1, 2, 3, 4] } target { rows: 2 cols: 1 values: [1, 2] } }";
  const auto with = [&](const std::string& trials, const std::string& evaluation) {
    return [=](M& m) {
      m.task = "task { recorded { trials " + trial + " " + trials + " } }";
      m.training = "training { learning_rate: 0.1 " + evaluation + " }";
    };
  };
  const std::string two = "evaluation_trials " + trial + " evaluation_trials " + trial;
  expect_faults({
      {"no every", with(two, "@evaluation { trials: 1 }"), "training.evaluation.every", {"is missing"}},
      {"every 0", with(two, "evaluation { @every: 0 }"), "training.evaluation.every", {"is 0"}},
      {"no trials at all", with(two, "evaluation { every: 1 @trials: 0 }"), "training.evaluation.trials", {"is 0"}},
      {"more than there are", with(two, "evaluation { every: 1 @trials: 3 }"), "training.evaluation.trials", {"is 3", "at most 2"}},
      {"none held out",
       [](M& m) {
         m.task =
             "task { @recorded { trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } target { rows: 2 cols: 1 values: [1, 2] } } } }";
         m.training = "training { learning_rate: 0.1 evaluation { every: 1 } }";
       },
       "task.recorded.evaluation_trials",
       {"is missing"}},
      {"held out for nothing", with("@" + two, ""), "task.recorded.evaluation_trials", {"training.evaluation is not"}},
      {"without a target",
       with("@evaluation_trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } }", "evaluation { every: 1 }"),
       "task.recorded.evaluation_trials[0]",
       {"has no target", "class"}},
  });
}

TEST(Faults, OfHowTrialsBegin) {
  const auto training = [](const std::string& words) {
    return [words](M& m) { m.training = "training { learning_rate: 0.1 " + words + " }"; };
  };
  const auto rate = [](const std::string& words) {
    return [words](M& m) {
      m.populations = "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate { " +
                      words + " } } populations { name: \"out\" size: 1 readout {} }";
    };
  };
  expect_faults({
      {"warm-up of FINAL", training("@warmup_ticks: 1"), "training.warmup_ticks", {"FINAL", "SEQUENCE"}},
      {"warm-up below 0", training("loss: SEQUENCE @warmup_ticks: -1"), "training.warmup_ticks", {"is -1"}},
      {"nothing but warm-up", training("loss: SEQUENCE @warmup_ticks: 2"), "training.warmup_ticks", {"is 2", "below 2"}},
      {"beside window", training("loss: SUM window: 1 @warmup_ticks: 1"), "training.warmup_ticks", {"beside window"}},
      {"two for three", rate("@initial: [1, 2]"), "network.populations[1].rate.initial", {"has 2 values", "3 neurons"}},
      {"no number", rate("initial: [1, @nan, 2]"), "network.populations[1].rate.initial[1]", {"nan"}},
  });
}

TEST(Faults, OfSchedulesAndStops) {
  const auto with = [](const std::string& words) {
    return [words](M& m) { m.training = "training { learning_rate: 0.1 updates: 9 " + words + " }"; };
  };
  expect_faults({
      {"warm-up that never ends",
       with("schedule { @warmup: 9 }"),
       "training.schedule.warmup",
       {"is 9, and the run has 9 updates", "no update follows"},
       true},
      {"warm-up below 0", with("schedule { @warmup: -1 }"), "training.schedule.warmup", {"is -1"}},
      {"step without factor", with("schedule { @step { every: 2 } }"), "training.schedule.step.factor", {"is missing"}},
      {"step of no updates", with("schedule { step { @every: 0 factor: 0.5 } }"), "training.schedule.step.every", {"is 0"}},
      {"factor of 0", with("schedule { exponential { @factor: 0 } }"), "training.schedule.exponential.factor", {"is 0", "above 0"}},
      {"last below 0", with("schedule { cosine { @last: -0.5 } }"), "training.schedule.cosine.last", {"is -0.5", "at least 0"}},
      {"last not finite", with("schedule { linear { @last: inf } }"), "training.schedule.linear.last", {"is inf"}},
      {"no criterion", with("@stop { mean_of: 2 }"), "training.stop", {"gives no criterion"}},
      {"loss of 0", with("stop { @loss_below: 0 }"), "training.stop.loss_below", {"is 0", "above 0"}},
      {"no patience at all", with("stop { @patience: 0 }"), "training.stop.patience", {"is 0"}},
      {"improvement of what", with("stop { loss_below: 1 @improvement: 0.1 }"), "training.stop.improvement", {"with patience only"}},
      {"mean of none", with("stop { loss_below: 1 @mean_of: 0 }"), "training.stop.mean_of", {"is 0"}},
  });
}

}  // namespace
}  // namespace locus
