// A learning rule of one's own, in one line: Oja's. The unit's weights turn towards what it sees,
// with a norm of 1; the ledger says what that took.
#include <cmath>
#include <iomanip>
#include <iostream>
#include <variant>

#include <locus/locus.h>

int main() {
  locus::Model model("oja", /*seed=*/1);
  model.input("in", 2);
  model.rate("unit", 1);
  model.connect("in", "unit", locus::constant(0.1));
  const locus::LocalText oja{.constants = {}, .traces = {}, .changes = {{"activity*(activity*weight - pre)"}}};
  locus::Session net(model, locus::local(oja), {.learning_rate = 0.05, .ticks = 1});
  for (int trial = 0; trial < 500; ++trial) {
    const double x[] = {2, 1};
    net.begin_trial();
    net.step(x);
    net.commit();
  }
  const auto w = std::get<locus::DenseMatrix>(net.weights("in-unit").matrix).values;
  std::cout << std::fixed << std::setprecision(3) << "weights " << w[0] << ' ' << w[1] << ", norm "
            << std::hypot(w[0], w[1]) << '\n'
            << net.ledger();
}
