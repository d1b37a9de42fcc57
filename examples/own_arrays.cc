// Trains on arrays of one's own: a sine at the input, the same sine a quarter of a period later as
// the target. Two rules start from the same weights.
#include <cmath>
#include <cstdio>
#include <vector>

#include <locus/locus.h>

int main() {
  constexpr int kTicks = 60;
  std::vector<double> x;
  std::vector<double> y;
  for (int t = 0; t < kTicks; ++t) {
    x.push_back(std::sin(t / 5.0));
    y.push_back(std::cos(t / 5.0));
  }

  locus::Model model("own", /*seed=*/1);
  model.input("in", 1);
  model.rate("rec", 32, {.activation = locus::Activation::kTanh, .leak = 0.2});
  model.readout("out", 1);
  model.connect("in", "rec", locus::gaussian(1.0));
  model.connect("rec", "rec", locus::gaussian(1.0));
  model.connect("rec", "out", locus::gaussian(1.0));
  model.recorded({locus::trial(locus::DenseMatrix{kTicks, 1, x}, {kTicks, 1, y})});
  model.training({.loss = locus::Loss::kSequence, .updates = 300, .learning_rate = 0.05});
  model.rule(locus::bptt());
  model.rule(locus::rflo());

  const locus::Result result = locus::run(model);
  for (const locus::Outcome& outcome : result.outcomes) {
    std::printf("%-5s loss %.2g -> %.2g, %5.1f M messages, %4.1f M of them non-local\n", outcome.rule.c_str(),
                outcome.losses.front(), outcome.losses.back(), static_cast<double>(outcome.ledger.messages()) / 1e6,
                static_cast<double>(outcome.ledger.violations()) / 1e6);
  }
}
