// The program, called in-process, and models to call it on.
#pragma once

#include <string>
#include <vector>

#include "sim/cli/app.h"
#include "tests/support/folder.h"

namespace locus {

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

/// `locus WORDS...`.
Answer invoke(const std::vector<std::string>& words);

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline constexpr int code_of(Exit code) { return static_cast<int>(code); }

/// A model of 2 inputs, 3 tanh neurons and 1 readout, two trials of 4 ticks, 3 updates; rules bptt, rflo, still. `name` empty: no name.
std::string small_model_text(const std::string& name, const std::string& training = "");

}  // namespace locus
