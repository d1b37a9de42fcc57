// A user of locus::sim: loads an installed model, runs one update of it, and reads the counts.
// Arguments: the expected version, and the model.
#include <iostream>

#include "sim/model/load.h"
#include "sim/report/version.h"
#include "sim/run/run.h"

int main(int argc, char** argv) {
  if (argc != 3 || locus::version() != argv[1]) return 1;
  locus::Spec spec = locus::load(argv[2]);
  spec.training.updates = 1;
  const locus::RunResult result = locus::run(spec, {});
  bool counted = !result.outcomes.empty();
  for (const locus::Outcome& outcome : result.outcomes) {
    std::cout << outcome.rule << ": " << outcome.ledger.messages() << " messages\n";
    counted = counted && outcome.ledger.messages() > 0;
  }
  return counted ? 0 : 1;
}
