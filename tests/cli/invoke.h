// The program, called directly or started as a process, and models for it.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

#include "sim/cli/app.h"
#include "tests/support/folder.h"

namespace locus {

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

/// Runs `locus WORDS...`.
Answer invoke(const std::vector<std::string>& words);

/// Starts the program without its output.
::pid_t start(const std::vector<std::string>& words);

/// Waits for the process; returns its exit code, or 128 + the number of the signal that ended it.
int wait_for(::pid_t child);

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline constexpr int code_of(Exit code) { return static_cast<int>(code); }

/// A model of 2 inputs, 3 tanh neurons and 1 readout, two trials of 4 ticks, 3 updates; rules bptt,
/// rflo, still. An empty `name` leaves the name out.
std::string small_model_text(const std::string& name, const std::string& training = "");

}  // namespace locus
