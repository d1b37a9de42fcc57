// Somebody who uses the library through its one header and its one target: a network in a loop with
// a world that answers, and its messages.
#include <iostream>

#include <locus/locus.h>

int main() {
  locus::Model model("consumer", /*seed=*/1);
  model.input("in", 1);
  model.rate("rec", 8, {.activation = locus::Activation::kTanh, .leak = 0.2});
  model.readout("out", 1);
  model.connect("in", "rec", locus::gaussian(1.0));
  model.connect("rec", "rec", locus::gaussian(1.0));
  model.connect("rec", "out", locus::gaussian(1.0));
  locus::Session net(model, locus::rflo(), {.learning_rate = 1e-2, .ticks = 10});
  double x = 1;
  net.begin_trial();
  for (int t = 0; t < net.ticks(); ++t) {
    x = 1 - net.step({&x, 1})[0];
    net.teach(0.5);
  }
  const bool finite = net.commit();
  std::cout << net.ledger();
  return finite && net.ledger().messages() > 0 ? 0 : 1;
}
