// The names that the library's one header promises are there, and the header lists each of them.
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "sim/locus.h"

/// A program that uses every promised name; one that is gone does not compile.
namespace promised {
using locus::aligned, locus::Alignment, locus::ArgumentError, locus::axis_of, locus::bptt, locus::Channel, locus::check,
    locus::CheckFailure, locus::CompareOptions, locus::Comparisons, locus::ConnectOptions, locus::Curvature,
    locus::constant, locus::dense, locus::describe, locus::DrawnInputOptions, locus::eprop, locus::eprop_random,
    locus::EpropOptions, locus::Evaluation, locus::Fault, locus::FeedbackOptions, locus::FileError, locus::gaussian,
    locus::InitialWeights, locus::keep_checkpoint, locus::Ledger, locus::LedgerEntry, locus::load,
    locus::LocalityBroken, locus::Model, locus::ModelError, locus::Moment, locus::none, locus::normal,
    locus::OrderError, locus::Outcome, locus::ProjectionWeights, locus::Purpose, locus::RankReport, locus::RateOptions,
    locus::require_valid, locus::Result, locus::resume, locus::rflo, locus::rtrl, locus::RuleOptions, locus::run,
    locus::RunOptions, locus::save, locus::Scatter, locus::Session, locus::SessionError, locus::SessionOptions,
    locus::Severity, locus::sparse, locus::sparse_in_degree, locus::sparse_random, locus::Spec, locus::Status,
    locus::sweep, locus::SweepAxis, locus::SweepOptions, locus::SweepPlan, locus::SweepResult, locus::Tally,
    locus::tbptt, locus::trial, locus::TransportKind, locus::uoro, locus::UsageError;
}  // namespace promised

namespace locus {
namespace {

/// The words of the lines that begin with `begin`, apart by commas.
std::set<std::string> names_in(const std::filesystem::path& file, const std::string& begin, const std::regex& name) {
  std::set<std::string> names;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (!line.starts_with(begin)) continue;
    for (std::sregex_iterator found(line.begin(), line.end(), name), end; found != end; ++found)
      names.insert(found->str(1));
  }
  return names;
}

TEST(FrontDoor, ListsTheNamesThatItPromises) {
  const std::filesystem::path tree = LOCUS_TREE;
  const auto listed = names_in(tree / "sim/locus.h", "//     ", std::regex("(\\w+)"));
  auto used = names_in(tree / "tests/docs/front_door_test.cc", "using locus::", std::regex("locus::(\\w+)"));
  used.merge(names_in(tree / "tests/docs/front_door_test.cc", "    locus::", std::regex("locus::(\\w+)")));
  EXPECT_GT(listed.size(), 50U);
  EXPECT_EQ(listed, used);
}

}  // namespace
}  // namespace locus
