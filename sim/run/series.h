// Series: a curve along the updates of a rule, for whoever draws one.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace locus {

struct Series {
  std::string tag;                    // "rank/W"
  std::vector<std::int64_t> updates;  // committed when the value was taken, ascending
  std::vector<double> values;         // one for each of `updates`
};

/// What a rule had sent when its curves got their last point: points of means are over what came
/// since.
struct SeriesCounts {
  std::array<std::int64_t, 4> messages = {};  // by SpatialClass
  std::int64_t spatial = 0;                   // violations
  std::int64_t temporal = 0;
  std::int64_t trials = 0;
};

/// The curves of one rule, and how far they go.
struct RuleSeries {
  std::string rule;  // RuleSpec::name
  std::vector<Series> series;
  std::int64_t last = -1;  // updates made at the last point; -1: none yet
  SeriesCounts counted;    // then
};

}  // namespace locus
