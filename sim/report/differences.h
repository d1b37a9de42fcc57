// Differences between two results or sweeps while they are collected, one line for each.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "sim/report/diff.h"
#include "sim/report/text.h"

namespace locus {

/// All of them so far.
class Findings {
 public:
  explicit Findings(double tolerance) : tolerance_(tolerance) {}

  void note(const std::string& line) { text_ += wrap(line, 4, 0); }
  void differ(const std::string& line) {
    note(line);
    agree_ = false;
  }
  template <class T>
  void values(const std::string& what, const T& a, const T& b) {
    if (a != b) differ(fmt::format("{}: {} against {}", what, a, b));
  }
  bool same(double a, double b) const {
    if (a == b || (std::isnan(a) && std::isnan(b))) return true;
    return std::abs(a - b) <= tolerance_ * std::max(std::abs(a), std::abs(b));
  }
  bool agree() const { return agree_; }
  Difference result() && { return {std::move(text_), agree_}; }

 private:
  double tolerance_;
  std::string text_;
  bool agree_ = true;
};

/// Counts the differences between two columns of numbers and finds the largest.
class Farthest {
 public:
  explicit Farthest(const Findings& findings) : findings_(findings) {}

  void see(std::int64_t index, double a, double b) {
    if (findings_.same(a, b)) return;
    const double relative = std::abs(a - b) / std::max(std::abs(a), std::abs(b));
    if (count_++ > 0 && !(relative > relative_)) return;
    relative_ = relative;
    index_ = index;
    a_ = a;
    b_ = b;
  }
  /// `place` gives a text for the place of number i; `all`: how many numbers there are.
  template <class Place>
  void tell(const std::string& what, std::int64_t all, Place&& place, Findings& findings) const {
    if (count_ == 0) return;
    findings.differ(fmt::format("{}: {} of {} differ, most by {:.2g} of its size, {}: {} against {}", what, count_, all,
                                relative_, place(index_), a_, b_));
  }

 private:
  const Findings& findings_;
  std::int64_t count_ = 0;
  std::int64_t index_ = 0;
  double relative_ = 0;
  double a_ = 0;
  double b_ = 0;
};

}  // namespace locus
