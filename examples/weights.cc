// Weights in and out: a network is trained, its weights go into another session that learns
// nothing, and that one says what the first would say.
#include <cmath>
#include <iostream>
#include <variant>

#include <locus/locus.h>

int main() {
  locus::Model model("weights", /*seed=*/2);
  model.input("in", 1);
  model.rate("rec", 24, {.activation = locus::Activation::kTanh, .leak = 0.3});
  model.readout("out", 1);
  model.connect("in", "rec", locus::gaussian(1.0), {.name = "B"});
  model.connect("rec", "rec", locus::gaussian(1.0), {.name = "W"});
  model.connect("rec", "out", locus::gaussian(1.0), {.name = "A"});

  const locus::SessionOptions options{.learning_rate = 0.1, .ticks = 20};
  const double x = 1;
  locus::Session taught(model, locus::eprop(), options);
  for (int trial = 0; trial < 400; ++trial) {
    taught.begin_trial();
    for (int t = 0; t < 20; ++t) {
      taught.step({&x, 1});
      taught.teach(std::sin(0.3 * t));
    }
    taught.commit();
  }

  locus::Session fixed(model, locus::none(), options);
  for (const char* name : {"B", "W", "A"}) {
    const locus::ProjectionWeights weights = taught.weights(name);
    fixed.set_weights(name, std::get<locus::DenseMatrix>(weights.matrix).values);
  }
  double worst = 0;
  fixed.begin_trial();
  for (int t = 0; t < 20; ++t) worst = std::max(worst, std::abs(fixed.step({&x, 1})[0] - std::sin(0.3 * t)));
  fixed.commit();
  std::cout.precision(1);
  std::cout << "loss " << taught.losses().front() << " -> " << taught.losses().back()
            << "; the farthest from the target: " << worst << '\n';
}
