// Claim: one sentence of arXiv:2606.00243 (or of docs/theory.md) that a program can confirm or
// refute.
//
// Claims are records, so that the command line, the tests and the figures share one table. The
// function of a claim measures, and the source states the bounds for its figures; the bounds were
// not fitted to the outcome. Everything is a pure function of the Effort: the seeds are fixed, and
// the number of threads changes nothing.
// Cost: all claims together take less than two minutes in the quick size and up to ten minutes in
// full.
#pragma once

#include <atomic>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace locus {

struct Effort {
  bool full = false;  // true: the sizes of a paper
};

enum class Relation { kAtMost, kAtLeast, kNear, kReported };

/// One figure and its bound. kReported has no bound and no verdict.
struct Check {
  std::string what;  // a short name, unique in its claim
  double measured = 0;
  Relation relation = Relation::kReported;
  double expected = 0;
  double tolerance = 0;  // absolute; only for kNear
};

/// True if the figure keeps its bound; false if it is not a number.
bool holds(const Check& check);

struct Parameter {
  std::string name;
  std::string value;
};

using Cell = std::variant<double, std::string>;

/// Data of a claim for the CSV file <id>.<name>.csv; the figures of the documents show these.
struct Table {
  std::string name;
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
};

struct Evidence {
  std::vector<Parameter> parameters;
  std::vector<Check> checks;
  std::vector<Table> tables;
  std::string remark;  // where and why the figures fall short of the sentence; may be empty

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

// One function for each claim; the table in claim.cc names them.
Evidence measure_optimal_manifold(const Effort& effort);
Evidence measure_saddle_manifold(const Effort& effort);
Evidence measure_stability_bptt_tbptt(const Effort& effort);
Evidence measure_stability_rflo(const Effort& effort);
Evidence measure_rates(const Effort& effort);
Evidence measure_detour(const Effort& effort);
Evidence measure_learned_feedback(const Effort& effort);
Evidence measure_expectation(const Effort& effort);
Evidence measure_modes_decouple(const Effort& effort);
Evidence measure_unaligned(const Effort& effort);
Evidence measure_low_rank(const Effort& effort);
Evidence measure_rank_order(const Effort& effort);
Evidence measure_width_free(const Effort& effort);
Evidence measure_overlap_rflo(const Effort& effort);
Evidence measure_sequence_loss(const Effort& effort);
Evidence measure_eprop_rank(const Effort& effort);
Evidence measure_rank_performance(const Effort& effort);
Evidence measure_locality(const Effort& effort);
Evidence measure_placement(const Effort& effort);

/// The table as CSV: a line of names, then one line for each row. A number is printed so that
/// reading it gives the same bits.
std::string csv(const Table& table);

}  // namespace locus
