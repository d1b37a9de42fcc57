// Records for models of tests: all that can be seen of a model, and a run that keeps what it was
// shown.
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
  std::vector<std::vector<std::vector<Seen>>> seen;  // by rule, by record

  /// Of a rule's record the sample at an update and a tick; it must be there.
  const std::vector<double>& at(std::size_t rule, std::size_t record, std::int64_t update, std::int32_t tick) const;
};

Recorded record(const Spec& spec, TransportKind transport, int threads = 1);

/// Index of the record of a quantity of this population or projection; it must be there.
std::size_t record_of(const Spec& spec, Quantity quantity, std::int32_t of);

}  // namespace locus
