// The program, called in-process, and models to call it on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/cli/app.h"

namespace locus {

struct Answer {
  int code = 0;
  std::string out;
  std::string err;
};

/// `locus WORDS...`.
Answer invoke(const std::vector<std::string>& words);

inline constexpr int code_of(Exit code) { return static_cast<int>(code); }

/// A folder of its own for each test, which goes away with it.
class InFolder : public testing::Test {
 protected:
  InFolder();
  ~InFolder() override;

  /// Writes a file into the folder; its path.
  std::string file(const std::string& name, const std::string& text) const;
  std::string text(const std::string& name) const;
  std::vector<std::string> files() const;

  std::filesystem::path folder_;
};

/// A model of 2 inputs, 3 tanh neurons and 1 readout, two trials of 4 ticks, 3 updates; rules bptt, rflo, still. `name` empty: no name.
std::string small_model_text(const std::string& name, const std::string& training = "");

}  // namespace locus
