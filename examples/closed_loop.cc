// A world that answers: the next input is what the network has just said, mirrored. The network
// learns on the way, tick by tick, and every message is counted.
#include <cmath>
#include <iostream>

#include <locus/locus.h>

int main() {
  locus::Model model("mine", /*seed=*/1);
  model.input("in", 1);
  model.rate("rec", 256, {.activation = locus::Activation::kTanh, .leak = 0.2});
  model.readout("out", 1);
  model.connect("in", "rec", locus::gaussian(1.0));
  model.connect("rec", "rec", locus::gaussian(1.5));
  model.connect("rec", "out", locus::gaussian(1.0));
  // The model is checked here; a ModelError names the field that is wrong.
  locus::Session net(model, locus::rflo(), {.learning_rate = 1e-3});
  for (int trial = 0; trial < 500; ++trial) {
    double x = 1;
    net.begin_trial();
    for (int t = 0; t < 100; ++t) {
      const double y = net.step({&x, 1})[0];
      net.teach(std::sin(0.1 * t));
      x = 1 - y;  // the world may answer: a closed loop
    }
    net.commit();
  }
  std::cout.precision(2);
  std::cout << "loss " << net.losses().front() << " -> " << net.losses().back() << '\n';
  std::cout << net.ledger();  // channel x lag
}
