// Claim: one sentence of arXiv:2606.00243 (or of docs/theory.md) that a program can find true or
// false.
//
// Why records: the command line, the tests and the figures go through one table. A claim's function
// measures; what it measured is held against bounds that stand in its source and were not fitted to
// the outcome. Everything is a pure function of the Effort: seeds are fixed, and thread counts
// change nothing. Cost: all claims together take under two minutes in the quick size, up to ten
// minutes in full.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace locus {

struct Effort {
  bool full = false;  // the sizes of a paper
};

enum class Relation { kAtMost, kAtLeast, kNear, kReported };

/// One figure and what it is held against. kReported is measured without a verdict.
struct Check {
  std::string what;  // a short name, unique in its claim
  double measured = 0;
  Relation relation = Relation::kReported;
  double expected = 0;
  double tolerance = 0;  // kNear only, absolute
};

/// Whether the figure is as expected; never where it is not a number.
bool holds(const Check& check);

struct Parameter {
  std::string name;
  std::string value;
};

using Cell = std::variant<double, std::string>;

/// Data of a claim, as a CSV file has it: <id>.<name>.csv. Figures are drawn from these.
struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

struct Evidence {
  std::vector<Parameter> parameters;
  std::vector<Check> checks;
  std::vector<Table> tables;
  std::string remark;  // where it falls short of the sentence, and why; may be empty

  bool holds() const;
  void at_most(std::string what, double measured, double bound) {
    checks.push_back({std::move(what), measured, Relation::kAtMost, bound, 0});
  }
  void at_least(std::string what, double measured, double bound) {
    checks.push_back({std::move(what), measured, Relation::kAtLeast, bound, 0});
  }
  void near(std::string what, double measured, double expected, double tolerance) {
    checks.push_back({std::move(what), measured, Relation::kNear, expected, tolerance});
  }
  void report(std::string what, double measured) {
    checks.push_back({std::move(what), measured, Relation::kReported, 0, 0});
  }
};

struct Claim {
  std::string_view id;
  std::string_view sentence;
  Evidence (*measure)(const Effort& effort);
};

std::span<const Claim> claims();

// One function a claim; the table in claim.cc names them.
Evidence measure_optimal_manifold(const Effort& effort);
Evidence measure_saddle_manifold(const Effort& effort);
Evidence measure_stability_bptt_tbptt(const Effort& effort);
Evidence measure_stability_rflo(const Effort& effort);
Evidence measure_rates(const Effort& effort);
Evidence measure_detour(const Effort& effort);
Evidence measure_expectation(const Effort& effort);
Evidence measure_modes_decouple(const Effort& effort);
Evidence measure_unaligned(const Effort& effort);
Evidence measure_low_rank(const Effort& effort);
Evidence measure_rank_order(const Effort& effort);
Evidence measure_locality(const Effort& effort);

/// CSV of a table: a line of names, then a line a row; numbers so that reading them gives the same
/// bits.
std::string csv(const Table& table);

}  // namespace locus
