// RecordArrays: what a model's records ask for, kept in memory, rule by rule.
//
// Why: a run from Python has no folder of recordings; it gives arrays. Each record of each rule is
// one row-major array (updates x ticks x sample), without the axis of ticks for what is seen once
// an update. Memory for the whole run is taken when its first sample comes; a run that ends early
// leaves the updates that it made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/recording.h"
#include "sim/run/result.h"

namespace locus::python {

struct RecordArray {
  // of one update: ticks (of quantities of ticks), then the sample's
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> updates;  // seen so far, ascending
  std::vector<std::int32_t> ticks;    // of an update; empty for what is seen once an update
  std::vector<double> values;         // (updates x shape)
  std::int64_t whole_updates(std::int64_t size_of_one) const;
};

class RecordArrays {
 public:
  /// `spec` must outlive the run.
  explicit RecordArrays(const Spec& spec);
  /// The samples from here on are those of the next rule.
  void begin_rule();
  void look(const Sample& sample);
  /// One list of arrays a rule that has begun, in the order of the model's records.
  const std::vector<std::vector<RecordArray>>& rules() const { return rules_; }

 private:
  const Spec& spec_;
  std::vector<std::vector<RecordArray>> rules_;
};

/// A result with the recordings of its rules, as one object that views keep alive.
struct RunArrays {
  RunResult result;
  std::vector<std::string> record_names;          // of the model's records, in their order
  std::vector<std::vector<RecordArray>> records;  // by rule
};

}  // namespace locus::python
