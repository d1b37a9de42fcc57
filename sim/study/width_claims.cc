// The claims width-free and overlap-rflo: networks that begin without recurrent weights train as
// smaller ones, or as a few numbers.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sim/study/claim.h"
#include "sim/study/student.h"
#include "sim/theory/reduction.h"

namespace locus {
namespace width_claims {

using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;

constexpr int kTicks = 12;
constexpr int kReadouts = 2;
constexpr int kInputs = 3;
constexpr double kDecay = 0.5;

/// The largest difference of two curves, over their first value.
double difference(const std::vector<double>& one, const std::vector<double>& other) {
  if (one.size() != other.size()) return std::numeric_limits<double>::infinity();
  double largest = 0;
  for (std::size_t k = 0; k < one.size(); ++k) largest = std::max(largest, std::abs(one[k] - other[k]));
  return largest / one.front();
}

/// A student without recurrent weights, its feedback and a teacher.
struct Setting {
  LinearNetwork student, teacher;
  Matrix feedback;
};

Setting draw_setting(Draws& draws, int units) {
  Setting setting{draws.network(kReadouts, units, kInputs, 0.3, 0), draws.network(kReadouts, 4, kInputs, 1, 0.6),
                  draws.gaussian(kReadouts, units, 1 / std::sqrt(units))};
  setting.student.w.setZero();
  setting.student.b *= 3 / std::sqrt(units);
  return setting;
}

}  // namespace width_claims

Evidence measure_width_free(const Effort& effort) {
  using namespace width_claims;
  Evidence evidence;
  const int units = effort.full ? 200 : 40;
  const std::int64_t updates = effort.full ? 1000 : 150;
  evidence.parameters = {
      {"units", fmt::format("{}", units)}, {"updates", fmt::format("{}", updates)}, {"ticks", fmt::format("{}", kTicks)}};
  Draws draws(1, "claim/width-free");
  const Setting setting = draw_setting(draws, units);
  Table curves{.name = "curves", .columns = {"rule", "width", "update", "loss"}};
  double expected = 0, sampled = 0, eprop = 0;
  const auto train = [&](const ExactRule& rule, const char* name, bool keeps) {
    const Matrix basis = theory::invariant_basis(setting.student, rule.feedback);
    const LinearNetwork small = theory::projected(setting.student, basis);
    ExactRule small_rule = rule;
    if (rule.feedback.size() > 0) small_rule.feedback = rule.feedback * basis;
    const auto wide = theory::exact_training(setting.student, setting.teacher, rule, kTicks, 0.02, updates);
    const auto narrow = theory::exact_training(small, setting.teacher, small_rule, kTicks, 0.02, updates);
    const double apart = difference(wide.losses, narrow.losses);
    for (const auto& [width, losses] :
         {std::pair(units, &wide.losses), std::pair(static_cast<int>(basis.cols()), &narrow.losses)}) {
      for (std::size_t k = 0; k < losses->size(); k += 10) {
        curves.rows.push_back({std::string(name), double(width), static_cast<double>(k), (*losses)[k]});
      }
    }
    if (!keeps) {
      eprop = std::max(eprop, apart);
      return;
    }
    expected = std::max(expected, apart);
    const StudentTraining plan{.ticks = kTicks, .batch = 4, .updates = 50, .learning_rate = 0.02};
    sampled = std::max(sampled, difference(train_sampled(setting.student, setting.teacher, rule, plan).losses,
                                           train_sampled(small, setting.teacher, small_rule, plan).losses));
  };
  train({.kind = RuleKind::kBptt, .feedback = {}}, "bptt", true);
  train({.kind = RuleKind::kTbptt, .depth = 1, .feedback = {}}, "tbptt:1", true);
  train({.kind = RuleKind::kTbptt, .depth = 4, .feedback = {}}, "tbptt:4", true);
  train({.kind = RuleKind::kRtrl, .feedback = {}}, "rtrl", true);
  train({.kind = RuleKind::kRflo, .decay = kDecay, .feedback = setting.feedback}, "rflo", true);
  train({.kind = RuleKind::kEprop, .feedback = {}}, "eprop", false);
  // Both curves are sums of a few thousand products; rounding grows with the updates.
  evidence.at_most("largest difference of expected losses, over the first", expected, 1e-11);
  evidence.at_most("largest difference of sampled losses, over the first", sampled, 1e-11);
  evidence.at_least("e-prop: largest difference of expected losses, over the first", eprop, 1e-6);
  evidence.tables.push_back(std::move(curves));
  evidence.remark = "e-prop is no such rule: the diagonal of W, which its traces decay by, depends on the basis.";
  return evidence;
}

Evidence measure_overlap_rflo(const Effort& effort) {
  using namespace width_claims;
  Evidence evidence;
  const std::int64_t updates = effort.full ? 2000 : 400;
  evidence.parameters = {{"updates", fmt::format("{}", updates)},
                         {"ticks", fmt::format("{}", kTicks)},
                         {"numbers", fmt::format("{}", 2 * kReadouts * kReadouts + 3 * kReadouts * kInputs)}};
  Draws draws(1, "claim/overlap-rflo");
  Table curves{.name = "curves", .columns = {"units", "update", "expected", "overlaps"}};
  double apart = 0;
  double fell = 1;
  for (const int units : {5, 20, effort.full ? 200 : 80}) {
    const Setting setting = draw_setting(draws, units);
    const ExactRule rule{.kind = RuleKind::kRflo, .decay = kDecay, .feedback = setting.feedback};
    const auto exact = theory::exact_training(setting.student, setting.teacher, rule, kTicks, 0.02, updates);
    const auto overlaps =
        theory::train_overlaps(setting.student, setting.teacher, setting.feedback, kDecay, kTicks, 0.02, updates);
    apart = std::max(apart, difference(exact.losses, overlaps.losses));
    fell = std::min(fell, exact.losses.back() / exact.losses.front());
    for (std::size_t k = 0; k < std::min(exact.losses.size(), overlaps.losses.size()); k += 10) {
      curves.rows.push_back({double(units), static_cast<double>(k), exact.losses[k], overlaps.losses[k]});
    }
  }
  evidence.at_most("largest difference of losses, over the first", apart, 1e-11);
  evidence.at_most("last loss of the network that learns most, over its first", fell, 0.9);
  evidence.tables.push_back(std::move(curves));
  return evidence;
}

}  // namespace locus
