// Entries: the members of a sweep before their runs, and how they are dealt out to parts.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/model/settings.h"
#include "sim/ranks/launch.h"
#include "sim/sweep/sweep.h"

namespace locus {

/// One member of the sweep before its run.
struct Entry {
  std::vector<Setting> settings;
  std::uint64_t seed = 0;
};

/// The entries of a plan, combination by combination, and within each seed by seed.
std::vector<Entry> entries_of(const SweepPlan& plan, std::uint64_t first_seed);

/// The entries of one part, in their order. All entries are dealt out one by one in the order of a
/// hash over settings and seed.
std::vector<Entry> entries_of_part(std::vector<Entry> entries, const WorkPart& part);

}  // namespace locus
