// Engine files: those that are shipped load, and faults have a place and say what is allowed.
#include "sim/model/engine.h"

#include <string>

#include <gtest/gtest.h>

#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/shipped_files.h"

namespace locus {
namespace {

constexpr const char* kSmall = R"(neurons: LIF
variables { name: "weight" bits: 8 signed: true }
update { mantissa_bits: 4 least_exponent: -3 largest_exponent: 4 sum_bits: 15 }
)";

std::string faults_of(const std::string& text) {
  try {
    read_engine(text, "e.txtpb");
  } catch (const ModelError& error) {
    std::string all;
    for (const Fault& fault : error.faults()) all += describe(fault) + "\n";
    return all;
  }
  return "";
}

TEST(EngineFiles, ThatAreShippedAreTheFilesOfTheFolder) {
  ASSERT_EQ(shipped_engines().size(), 3U);
  for (const ShippedFile& engine : shipped_engines()) {
    const std::string path = LOCUS_MODELS "/engines/" + std::string(engine.name) + ".txtpb";
    EXPECT_EQ(read_file(path), engine.text);
    EXPECT_EQ(load_engine(path), read_engine(std::string(engine.text), path));
    EXPECT_EQ(load_engine(path).weight().bits, 8);
  }
}

TEST(EngineFiles, NeedLittle) {
  EXPECT_EQ(faults_of(kSmall), "");
  EXPECT_EQ(read_engine(kSmall, "folder/mine.txtpb").name, "mine");
}

TEST(EngineFiles, TellEveryFaultWithItsPlace) {
  struct Row {
    const char* added;
    const char* told;
  };
  for (const Row& row : {
           Row{"channels: \"AXON\"\n", "e.txtpb:4:1: error: channels[0] is \"AXON\"; must be one of FEEDBACK, TRANSPORT"},
           Row{"source { accesses { name: \"x\" bits: 99 sources: SPIKES } }\n",
               "source.accesses[0].bits is 99; must be 1 to 32"},
           Row{"source { accesses { name: \"x\" bits: 9 sources: GAIN } }\n",
               "source.accesses[0].sources[0] is of a target neuron; must be one of SPIKES, VALUE"},
           Row{"source { accesses { name: \"x\" bits: 9 } }\n", "source.accesses[0].sources is missing"},
           Row{"target { accesses { name: \"weight\" bits: 9 sources: SPIKES } }\n", "is \"weight\" again"},
           Row{"room { cores: 0 }\n", "room.cores is 0; must be"},
           Row{"rewards: true\n", "e.txtpb:4:1: error: has no field \"rewards\""},
           Row{"neurons: SPIKING\n", "neurons"},
       }) {
    const std::string told = faults_of(std::string(kSmall) + row.added);
    EXPECT_NE(told.find(row.told), std::string::npos) << row.added << told;
  }
  EXPECT_NE(faults_of("neurons: LIF\n").find("variables has no \"weight\""), std::string::npos)
      << faults_of("neurons: LIF\n");
  EXPECT_NE(faults_of("neurons: LIF\n").find("update is missing"), std::string::npos);
}

/// The page on engines shows one that loads.
TEST(EngineFiles, OfThePageLoad) {
  const std::string page = read_file(LOCUS_TREE "/docs/engines.md");
  const std::size_t begin = page.find("```textproto\n") + 13;
  const EngineSpec engine = read_engine(page.substr(begin, page.find("```", begin) - begin), "page.txtpb");
  EXPECT_EQ(engine.name, "mine");
  EXPECT_EQ(engine.variables.size(), 2U);
}

}  // namespace
}  // namespace locus
