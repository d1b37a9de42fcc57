// ProgressLine: one line of a terminal that shows the progress of a run, written again and again.
//
//     43% rflo 172/400  1.2k updates/s  5.3M messages/s  12 s left  loss: rflo 0.12, bptt 0.0017
//
// Rates belong to the running rule since its start in this process. The time left assumes that the
// remaining rules take as long for an update. The losses are the last ones, the newest rule first,
// as many as fit. Nothing is written without a terminal, and nothing more than five times a second.
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

  /// `shown` false: writes nothing. `now` is the clock; a test may pass its own.
  ProgressLine(std::ostream& terminal, bool shown, std::function<Clock::time_point()> now = Clock::now);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows an activity that has no measure: "loading m.txtpb".
  void say(const std::string& what);
  /// Must be called at every moment of the run.
  void observe(const Moment& moment, const Spec& spec);
  /// Removes the line to make room for other output.
  void clear();

 private:
  void show(const std::string& text);
  std::string describe(const Moment& moment, const Spec& spec, double seconds) const;

  std::ostream& terminal_;
  bool enabled_;
  std::function<Clock::time_point()> now_;
  bool visible_ = false;  // true: a line stands on the terminal
  Clock::time_point last_;
  Clock::time_point rule_start_;     // start of the present rule in this process
  std::size_t rule_ = SIZE_MAX;      // index of the present rule
  std::int64_t first_update_ = 0;    // its first update in this process
  std::int64_t first_messages_ = 0;  // its messages before that
};

}  // namespace locus
