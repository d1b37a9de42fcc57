// Durations on the command line, and the time limit of a command.
//
// A duration is 90s, 30m, 2h, 1d, or several of these from long to short (1h30m), or HH:MM:SS with
// any number of hours, or D-HH:MM:SS, as batch systems write it. A number alone is no duration,
// because batch systems differ in its unit.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <CLI/CLI.hpp>

#include "sim/cli/interrupt.h"

namespace locus {

/// The duration of a text; empty if it is none, is 0 or exceeds 2^31 - 1 seconds.
std::optional<std::chrono::seconds> duration_of(std::string_view text);

/// `--time-limit`: the end of a command in good order, counted from its start.
class TimeLimitOption {
 public:
  void declare(CLI::App& app);
  /// Takes the limit of another option if that has one.
  void replace_by(const TimeLimitOption& other);

  /// The time at which the command must stop; empty without a limit.
  std::optional<Interrupt::Clock::time_point> end() const;
  /// The reason why a command stopped, for its message: "interrupted", "interrupted by SIGHUP" or
  /// "interrupted by the time limit of 90s".
  std::string reason(const Interrupt& interrupt) const;

 private:
  std::string text_;
  Interrupt::Clock::time_point begin_ = Interrupt::Clock::now();
};

}  // namespace locus
