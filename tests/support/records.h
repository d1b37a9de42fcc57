// Records for models of tests: all quantities of a model, and a run that collects its samples.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/run.h"

namespace locus {

/// Every quantity of every population and projection that has it, at every tick and update.
std::vector<RecordSpec> every_record(const Spec& spec);

struct Seen {
  std::int64_t update = 0;
  std::int32_t tick = 0;
  std::vector<double> values;
};

struct Recorded {
  RunResult result;
  std::vector<std::vector<std::vector<Seen>>> seen;  // by rule and record

  /// The sample of a rule's record at an update and a tick, which must exist.
  const std::vector<double>& at(std::size_t rule, std::size_t record, std::int64_t update, std::int32_t tick) const;
};

Recorded record(const Spec& spec, TransportKind transport, int threads = 1);

/// The index of the record of a quantity of this population or projection, which must exist.
std::size_t record_of(const Spec& spec, Quantity quantity, std::int32_t of);

}  // namespace locus
