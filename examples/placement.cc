// Where the neurons sit: the same run on a mesh of two by two cores, placed by blocks and by hand.
// What a rule sends is the same; what leaves a core is not.
#include <cstdio>

#include <locus/locus.h>

int main() {
  locus::Spec spec = locus::load("models/student_teacher.txtpb");
  spec.training.updates = 10;
  locus::ChipSpec chip{.width = 2, .height = 2, .neurons_per_core = 6};
  for (const bool by_hand : {false, true}) {
    if (by_hand) {
      // 8 rate neurons, then 4 readouts: each readout beside two neurons, three to a core
      chip.policy = locus::PlacementPolicy::kExplicit;
      chip.cores = {0, 0, 1, 1, 2, 2, 3, 3, 0, 1, 2, 3};
    }
    spec.chip = chip;
    const locus::Result result = locus::run(spec);
    std::printf("%s\n", by_hand ? "by hand" : "by blocks");
    for (const locus::Outcome& outcome : result.outcomes) {
      const locus::ChipCounts& total = outcome.chip->report.total;
      std::printf("  %-13s %8lld messages on a core, %8lld packets, %8lld hops\n", outcome.rule.c_str(),
                  static_cast<long long>(total.on_core), static_cast<long long>(total.packets),
                  static_cast<long long>(total.hops));
    }
  }
}
