// A model with three mistakes: each fault names its field, what is there and what is allowed.
#include <iostream>

#include <locus/locus.h>

int main() {
  locus::Model model("faults", /*seed=*/1);
  model.input("in", 2);
  model.rate("rec", 16, {.activation = locus::Activation::kTanh, .leak = 1.5});
  model.readout("out", 1);
  model.connect("in", "rec", locus::dense(16, 3, std::vector<double>(48, 0.1)));
  model.connect("rec", "output", locus::gaussian(1.0));
  try {
    locus::Session net(model, locus::rflo(), {.learning_rate = 1e-3});
  } catch (const locus::ModelError& error) {
    for (const locus::Fault& fault : error.faults())
      std::cout << fault.field << ' ' << fault.what << "; " << fault.allowed << '\n';
  }
}
