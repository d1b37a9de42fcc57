// A program that keeps a checkpoint goes on from it with the bits of a run without a break.
#include "sim/report/resume.h"

#include <atomic>

#include <gtest/gtest.h>

#include "sim/model/builder.h"
#include "sim/model/errors.h"
#include "tests/support/agreement.h"
#include "tests/support/folder.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

TEST(ResumeFromFile, IsTheRunWithoutABreak) {
  const Folder folder;
  Spec spec = odd_model(31);
  spec.training.updates = 5;
  const RunResult whole = run(spec, {.threads = 1});
  std::atomic<bool> interrupt = false;
  const auto keep = keep_checkpoint(folder.path("run.ckpt"), 2);
  const auto watch = [&](const Moment& moment) {
    if (moment.done.outcomes.size() == 1 && moment.present != nullptr && moment.present->updates == 3) interrupt = true;
    keep(moment);
  };
  const RunResult broken = run(spec, {.threads = 1, .interrupt = &interrupt, .watch = watch});
  EXPECT_EQ(broken.outcomes.size(), 2U);
  const RunResult resumed = resume(spec, folder.path("run.ckpt"), {.threads = 2});
  ASSERT_EQ(resumed.outcomes.size(), whole.outcomes.size());
  for (std::size_t k = 0; k < whole.outcomes.size(); ++k)
    EXPECT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k]));
}

/// Feedback that learns has weights and moments of its own, which a checkpoint keeps.
TEST(ResumeFromFile, KeepsFeedbackThatLearns) {
  Model model("learned feedback", 3);
  model.input("in", 2);
  model.rate("rec", 5, {.activation = Activation::kTanh, .leak = 0.5});
  model.readout("out", 2);
  model.connect("in", "rec", gaussian(1));
  model.connect("rec", "rec", gaussian(0.8));
  model.connect("rec", "out", gaussian(1));
  const DenseMatrix input{3, 2, {1, 0.5, -0.5, 1, 0.25, -1}};
  model.recorded({trial(input, DenseMatrix{3, 2, {0.5, -1, 1, 2, -0.5, 0.25}})});
  model.training({.loss = Loss::kSequence, .updates = 6, .learning_rate = 0.05, .optimizer = {.momentum = 0.5}});
  model.rule(rflo({}, {{.learn = LearnSpec{0.01}}}));
  model.rule(rflo().named("fixed"));
  const Spec spec = model.finish();
  const RunResult whole = run(spec, {.threads = 1});
  for (const int updates : {1, 4}) {
    const Folder folder;
    std::atomic<bool> interrupt = false;
    const auto keep = keep_checkpoint(folder.path("run.ckpt"), 1);
    const auto watch = [&](const Moment& moment) {
      if (moment.present != nullptr && moment.present->updates == updates) interrupt = true;
      keep(moment);
    };
    run(spec, {.threads = 1, .interrupt = &interrupt, .watch = watch});
    const RunResult resumed = resume(spec, folder.path("run.ckpt"), {.threads = 1});
    ASSERT_EQ(resumed.outcomes.size(), 2U);
    for (const std::size_t k : {std::size_t{0}, std::size_t{1}})
      EXPECT_TRUE(identical(whole.outcomes[k], resumed.outcomes[k])) << updates;
    EXPECT_NE(resumed.outcomes[0].fingerprint, resumed.outcomes[1].fingerprint) << "the feedback has learnt";
  }
}

TEST(ResumeFromFile, RefusesTheCheckpointOfAnotherModel) {
  const Folder folder;
  Spec spec = odd_model(31);
  run(spec, {.threads = 1, .watch = keep_checkpoint(folder.path("run.ckpt"), 1)});
  EXPECT_THROW(resume(odd_model(32), folder.path("run.ckpt")), ModelError);
  EXPECT_THROW(resume(spec, folder.path("none.ckpt")), FileError);
}

}  // namespace
}  // namespace locus
