// Faults of voltages of whole numbers.
#include <gtest/gtest.h>

#include "tests/model/fault_case.h"

namespace locus {
namespace {

using M = ModelText;

std::string integer_lif(const std::string& lif, const std::string& integer) {
  return rate_population("size: 3 lif { tau_m: 10 " + lif + " integer { " + integer + " } }");
}

TEST(Faults, OfVoltagesOfWholeNumbers) {
  const std::string at = "network.populations[1].lif";
  const std::string own = at + ".integer";
  const auto integer = [](const std::string& text) {
    return [text](M& m) { m.populations = integer_lif("threshold: 3", text); };
  };
  const auto beside = [](const std::string& text) { return [text](M& m) { m.populations = integer_lif(text, ""); }; };
  expect_faults({
      {"bits", integer("@bits: 25"), own + ".bits", {"is 25", "2", "24"}},
      {"one bit", integer("@bits: 1"), own + ".bits", {"is 1", "2"}},
      {"bits of the leak", integer("@leak_bits: 17"), own + ".leak_bits", {"is 17", "16"}},
      {"threshold between", beside("@threshold: 2.5"), at + ".threshold", {"is 2.5", "whole number", "32767"}},
      {"threshold out of reach",
       [](M& m) { m.populations = integer_lif("@threshold: 128", "bits: 8"); },
       at + ".threshold",
       {"is 128", "at most 127"}},
      {"gain", beside("threshold: 3 @normalise_input: true"), at + ".normalise_input", {"is true beside integer"}},
      {"current", beside("threshold: 3 @current { tau: 5 }"), at + ".current", {"is given beside integer"}},
      {"adaptation",
       beside("threshold: 3 @adaptation { tau: 5 beta: 1 }"),
       at + ".adaptation",
       {"is given beside integer", "real numbers"}},
      {"rest", beside("threshold: 3 @rest: 1"), at + ".rest", {"is given beside integer"}},
      {"reset at once",
       beside("threshold: 3 @reset: SUBTRACT"),
       at + ".reset",
       {"is SUBTRACT beside integer", "SUBTRACT_NEXT_TICK or ZERO"}},
      {"registers for nothing", integer("@registers { seed: 1 }"), own + ".registers", {"rounding is DOWN", "STOCHASTIC"}},
      {"no seed", integer("rounding: STOCHASTIC @registers {}"), own + ".registers.seed", {"has 0 values", "1 to 16"}},
      {"a seed of 0",
       integer("rounding: STOCHASTIC registers { seed: [1, @0] }"),
       own + ".registers.seed[1]",
       {"is 0", "at least 1", "32767"}},
      {"a seed with more bits than its register",
       integer("rounding: STOCHASTIC registers { @seed: 16 length: 4 }"),
       own + ".registers.seed[0]",
       {"is 16", "at most 15", "4 bits"}},
      {"length", integer("rounding: STOCHASTIC registers { seed: 1 @length: 17 }"), own + ".registers.length", {"is 17", "16"}},
      {"tap", integer("rounding: STOCHASTIC registers { seed: 1 @tap: 15 }"), own + ".registers.tap", {"is 15", "14"}},
  });
}

}  // namespace
}  // namespace locus
