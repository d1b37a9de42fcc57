#include "tests/spiking/fixtures.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/load.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "sim/run/update.h"
#include "tests/support/agreement.h"

namespace locus {
namespace {

/// The numbers of an .npy file, row by row.
template <class Number>
std::vector<Number> numbers(const std::string& name) {
  const std::string path = std::string(LOCUS_TEST_DATA) + "/spiking/" + name;
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (bytes.size() < 10) throw std::runtime_error("cannot read " + path);
  const std::size_t begin = 10 + static_cast<std::size_t>(static_cast<unsigned char>(bytes[8])) +
                            256 * static_cast<std::size_t>(static_cast<unsigned char>(bytes[9]));
  std::vector<Number> values((bytes.size() - begin) / sizeof(Number));
  std::memcpy(values.data(), bytes.data() + begin, values.size() * sizeof(Number));
  return values;
}

/// The given rows and columns of a matrix (all rows x `cols`).
std::vector<double> part(const std::vector<double>& matrix, std::size_t cols, std::size_t row, std::size_t rows,
                         std::size_t col, std::size_t many) {
  std::vector<double> values;
  for (std::size_t i = row; i < row + rows; ++i) {
    for (std::size_t j = col; j < col + many; ++j) values.push_back(matrix.at(i * cols + j));
  }
  return values;
}

spiking::Spikes spikes_of(const std::string& name) {
  // one (trial, tick, neuron) for each spike
  const std::vector<std::int16_t> numbers_of = numbers<std::int16_t>(name);
  spiking::Spikes spikes(5);
  for (std::size_t k = 0; k + 2 < numbers_of.size(); k += 3)
    spikes.at(static_cast<std::size_t>(numbers_of[k])).emplace_back(numbers_of[k + 1], numbers_of[k + 2]);
  return spikes;
}

template <class T>
Watched train_over(const Spec& spec) {
  Watched watched;
  const Topology topology = topology_of(spec);
  Learner<double, T> learner(spec, topology, spec.rules[0], {}, Executor{});
  Updates<double, T> updates(learner, spec);
  learner.trial().observe([&](Tick now, const Network<double>& network) {
    if (now.value == 1) watched.spikes.emplace_back();
    for (std::int32_t i = 0; i < network.rate.size; ++i) {
      if (network.rate.activity[static_cast<std::size_t>(i)] != 0) watched.spikes.back().emplace_back(now.value, i);
    }
  });
  for (std::int64_t update = 0; update < spec.training.updates; ++update) {
    watched.losses.push_back(updates.run(update));
    if (update == 0) watched.first_trial = learner.door().ledger();
    learner.commit();
  }
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    const auto rows = static_cast<std::size_t>(projection.target_size);
    const auto cols = static_cast<std::size_t>(projection.source_size);
    std::vector<double>& values = watched.weights.emplace_back(rows * cols, 0.0);
    for (std::int64_t k = 0; k < projection.size(); ++k) {
      values[static_cast<std::size_t>(projection.target_of(k)) * cols + static_cast<std::size_t>(projection.source_of(k))] =
          learner.network().synapses[p].weight[static_cast<std::size_t>(k)];
    }
  }
  return watched;
}

}  // namespace

Fixture pattern_generation() {
  return {.model = "pattern_generation",
          .losses = {101.964356999041, 103.466731126205, 103.340607074771, 103.680244037686, 104.412775748752},
          .neurons = 100,
          .weights = {numbers<double>("pattern_generation_W_in.npy"), numbers<double>("pattern_generation_W_rec.npy"),
                      numbers<double>("pattern_generation_W_out.npy")},
          .spikes = spikes_of("pattern_generation_spikes.npy")};
}

Fixture evidence() {
  const std::vector<double> in = numbers<double>("evidence_W_in.npy");    // 100 x 40
  const std::vector<double> rec = numbers<double>("evidence_W_rec.npy");  // 100 x 100
  const std::vector<double> out = numbers<double>("evidence_W_out.npy");  // 2 x 100
  return {.model = "evidence",
          .losses = {.741152550006, .740388187700, .665785233177, .663644193322, .729428962844},
          .neurons = 100,
          .weights = {part(in, 40, 0, 50, 0, 40), part(in, 40, 50, 50, 0, 40), part(rec, 100, 0, 50, 0, 50),
                      part(rec, 100, 0, 50, 50, 50), part(rec, 100, 50, 50, 0, 50), part(rec, 100, 50, 50, 50, 50),
                      part(out, 100, 0, 2, 0, 50), part(out, 100, 0, 2, 50, 50)},
          .spikes = spikes_of("evidence_spikes.npy")};
}

Spec spec_of(const Fixture& fixture) { return load(std::string(LOCUS_MODELS) + "/" + fixture.model + ".txtpb"); }

Watched train(const Fixture& fixture, TransportKind transport) {
  Spec spec = spec_of(fixture);
  spec.training.locality = Locality::kStrict;
  return transport == TransportKind::kMailbox ? train_over<Mailbox<double>>(spec) : train_over<Columns<double>>(spec);
}

double miss(const Spec& spec, const oracle::ByProjection& weights, const oracle::ByProjection& wanted) {
  const oracle::ByProjection before = initial_weights(spec);
  double worst = 0;
  for (std::size_t p = 0; p < wanted.size(); ++p) {
    double moved = 0;
    double off = 0;
    for (std::size_t k = 0; k < wanted[p].size(); ++k) {
      moved = std::max(moved, std::abs(wanted[p][k] - before.at(p).at(k)));
      off = std::max(off, std::abs(weights.at(p).at(k) - wanted[p][k]));
    }
    worst = std::max(worst, off / moved);
  }
  return worst;
}

}  // namespace locus
