// Series: a curve along the updates of a rule, for whoever draws one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace locus {

struct Series {
  std::string tag;                    // "rank/W"
  std::vector<std::int64_t> updates;  // committed when the value was taken, ascending
  std::vector<double> values;         // one for each of `updates`
};

/// What was seen along the way of one rule.
struct RuleSeries {
  std::string rule;  // RuleSpec::name
  std::vector<Series> series;
};

}  // namespace locus
