// A run that is killed at moments drawn at random and gone on with, on one, two and three threads
// in turn, until it has been killed often enough.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace locus {

struct Kills {
  std::string model;
  std::string every;  // updates from checkpoint to checkpoint
  std::string checkpoint;
  std::string out;
  int kills = 0;
  int most_microseconds = 0;  // that a process lives after its start, or after its first checkpoint
  std::uint32_t seed = 0;     // one sequence of moments, so that a failure can be met again
};

/// Whenever a process ends before it is killed `expect_done` is called, and the next one begins
/// anew; it is called once more when the last one has ended by itself.
void kill_and_go_on(const Kills& plan, const std::function<void()>& expect_done);

}  // namespace locus
