// Two fields of a model and three seeds: every combination is a run of its own, on one thread;
// threads share them out. The summary is what `locus sweep` prints a line of.
#include <cstdio>

#include <locus/locus.h>

int main() {
  locus::SweepPlan plan;
  plan.model = "models/student_teacher.txtpb";
  plan.axes = {locus::axis_of("training.learning_rate=0.0025,0.005"), locus::axis_of("training.batch=5,10")};
  plan.seeds = 3;
  plan.overrides = {.rules = {"bptt", "rflo"}, .updates = 100};
  const locus::SweepResult result = locus::sweep(plan, {.threads = 2});
  for (const locus::SummaryLine& line : locus::summary_of(result)) {
    std::printf("%s %s %-4s loss %.2g (%d seeds), %5.0f messages and %4.0f violations a trial\n",
                line.settings[0].c_str(), line.settings[1].c_str(), line.rule.c_str(), line.loss.median, line.completed,
                line.messages, line.violations);
  }
}
