// A program that keeps a checkpoint goes on from it with the bits of a run without a break.
#include "sim/report/resume.h"

#include <atomic>

#include <gtest/gtest.h>

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

TEST(ResumeFromFile, RefusesTheCheckpointOfAnotherModel) {
  const Folder folder;
  Spec spec = odd_model(31);
  run(spec, {.threads = 1, .watch = keep_checkpoint(folder.path("run.ckpt"), 1)});
  EXPECT_THROW(resume(odd_model(32), folder.path("run.ckpt")), ModelError);
  EXPECT_THROW(resume(spec, folder.path("none.ckpt")), FileError);
}

}  // namespace
}  // namespace locus
