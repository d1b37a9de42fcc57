// What a rule says to whom: the ledger of one update under each of four rules, by channel and lag
// (lag: how many ticks ago what is told about was).
#include <iostream>

#include <locus/locus.h>

int main() {
  locus::Model model("count", /*seed=*/1);
  model.input("in", 2);
  model.rate("rec", 4, {.activation = locus::Activation::kTanh, .leak = 0.5});
  model.readout("out", 1);
  model.connect("in", "rec", locus::gaussian(1.0));
  model.connect("rec", "rec", locus::gaussian(1.0));
  model.connect("rec", "out", locus::gaussian(1.0));
  for (const locus::RuleOptions& rule : {locus::none(), locus::rflo(), locus::tbptt(2), locus::rtrl()}) {
    locus::Session net(model, rule, {.learning_rate = 0.1, .ticks = 3});
    net.begin_trial();
    for (int t = 0; t < 3; ++t) {
      const double x[] = {1, -1};
      net.step(x);
      net.teach(0.5);  // without effect under `none`
    }
    net.commit();
    std::cout << net.spec().rules[0].name << '\n' << net.ledger() << '\n';
  }
}
