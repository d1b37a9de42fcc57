// ProgressLine: one line of a terminal that says how far a run has come, written over again and
// again.
//
//     43% rflo 172/400  1.2k updates/s  5.3M messages/s  12 s left  loss: rflo 0.12, bptt 0.0017
//
// Rates are those of the rule that runs, since it began here; the time left assumes that the rules
// still to come take as long an update. Losses are the last ones, newest rule first, as many as
// fit. Nothing is written where there is no terminal, and never more than five times a second.
#pragma once

#include <chrono>
#include <functional>
#include <iosfwd>
#include <string>

#include "sim/run/run.h"

namespace locus {

class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;

  /// `shown` false: says nothing at all. `now` is the clock, which a test may turn itself.
  ProgressLine(std::ostream& terminal, bool shown, std::function<Clock::time_point()> now = Clock::now);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// What is done that has no measure: "loading m.txtpb".
  void say(const std::string& what);
  /// To be called at every moment of the run.
  void see(const Moment& moment, const Spec& spec);
  /// Takes the line away, for what is printed next.
  void clear();

 private:
  void show(const std::string& text);
  std::string describe(const Moment& moment, const Spec& spec, double seconds) const;

  std::ostream& terminal_;
  bool shown_;
  std::function<Clock::time_point()> now_;
  bool there_ = false;  // a line stands on the terminal
  Clock::time_point last_;
  Clock::time_point began_;          // the present rule, here
  std::size_t rule_ = SIZE_MAX;      // which that is
  std::int64_t first_update_ = 0;    // of it, made here
  std::int64_t first_messages_ = 0;  // before that
};

}  // namespace locus
