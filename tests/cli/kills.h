// A run that is killed at random moments and resumed, on one, two and three threads in turn, for a
// given number of kills.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace locus {

struct Kills {
  std::string model;
  std::string every;  // updates between checkpoints
  std::string checkpoint;
  std::string out;
  int kills = 0;
  int most_microseconds = 0;  // of a process after its start, or after its first checkpoint
  std::uint32_t seed = 0;     // fixes the sequence of moments, so that a failure can be repeated
};

/// Calls `expect_done` when a process ends before its kill, and then begins a new run; calls it
/// again when the last process has ended by itself.
void kill_and_go_on(const Kills& plan, const std::function<void()>& expect_done);

}  // namespace locus
