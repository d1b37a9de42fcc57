// The limit of a small trained network of neurons with synaptic currents: two layers of CubaLIF
// under forward Euler, the first one recurrent, reset to zero, handwritten for this work alone. It
// runs forward only, spike by spike; no actors, counts or options.
#pragma once

#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace locus::bench {

struct HandCuba {
  using Matrix = Eigen::MatrixXd;  // column by column, which means source by source

  Matrix b, w, c;                                 // n x m, n x n, o x n
  std::vector<std::vector<Eigen::Index>> events;  // input spikes of each tick
  double alpha = 0, delta = 0, threshold = 1;     // of both layers
  double spikes = 0;                              // of the last trial

  /// Runs one trial. Returns 0, because a trial without learning has no loss.
  double trial() {
    Layer hidden(w.rows());
    Layer output(c.rows());
    spikes = 0;
    std::vector<Eigen::Index> said;
    for (const std::vector<Eigen::Index>& arriving : events) {
      hidden.decay(delta);
      output.decay(delta);
      for (const Eigen::Index j : arriving) hidden.current += b.col(j);
      for (const Eigen::Index j : said) hidden.current += w.col(j);
      for (const Eigen::Index j : said) output.current += c.col(j);
      hidden.step(alpha, threshold, said);
      spikes += static_cast<double>(said.size());
      output.step(alpha, threshold, output.said);
      spikes += static_cast<double>(output.said.size());
    }
    return 0;
  }

 private:
  struct Layer {
    explicit Layer(Eigen::Index n) : current(Eigen::VectorXd::Zero(n)), voltage(current) {}
    void decay(double by) { current *= by; }
    void step(double by, double limit, std::vector<Eigen::Index>& list) {
      list.clear();
      voltage = current + by * voltage;
      for (Eigen::Index i = 0; i < voltage.size(); ++i) {
        if (!(voltage[i] > limit)) continue;
        list.push_back(i);
        voltage[i] = 0;
      }
    }
    Eigen::VectorXd current, voltage;
    std::vector<Eigen::Index> said;
  };
};

}  // namespace locus::bench
