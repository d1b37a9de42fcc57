// Two layers of neurons with synaptic currents, as trained networks in exchange formats have them,
// against spikes of a loop in NumPy (tests/data/spiking/make_cuba.py).
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/support/agreement.h"
#include "tests/support/records.h"

namespace locus {
namespace {

/// One line a spike: record, tick, neuron.
std::vector<std::string> read_spikes() {
  std::ifstream file(std::string(LOCUS_TEST_DATA) + "/spiking/cuba_spikes.txt");
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

TEST(Cuba, SpikesAsTheLoopInNumpyDoes) {
  const std::vector<std::string> wanted = read_spikes();
  ASSERT_GT(wanted.size(), 300U);
  std::vector<Fault> warnings;
  Spec spec = load(std::string(LOCUS_TEST_DATA) + "/spiking/cuba.txtpb", warnings);
  for (const Precision precision : {Precision::kFloat64, Precision::kFloat32}) {
    spec.precision = precision;
    for (const TransportKind transport : kTransports) {
      const Recorded recorded = record(spec, transport);
      std::vector<std::string> spikes;
      for (std::size_t k = 0; k < spec.records.size(); ++k) {
        for (const Seen& seen : recorded.seen[0][k]) {
          for (std::size_t i = 0; i < seen.values.size(); ++i) {
            if (seen.values[i] == 0) continue;
            spikes.push_back(spec.records[k].name + " " + std::to_string(seen.tick) + " " + std::to_string(i));
          }
        }
      }
      EXPECT_EQ(spikes, wanted) << name(transport);
    }
  }
}

}  // namespace
}  // namespace locus
