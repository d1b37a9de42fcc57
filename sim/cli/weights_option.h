// `--weights`: a run that begins with the learnt weights of an earlier one.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "sim/model/carried_files.h"
#include "sim/model/spec.h"

namespace locus {

class WeightsOption {
 public:
  void declare(CLI::App& app);
  /// Replaces the weights of the spec's network, and notes this in its settings. The files come
  /// from `carried` if that is complete, and are kept there if it is not null. Throws ModelError,
  /// FileError.
  void apply(Spec& spec, CarriedFiles* carried) const;

 private:
  std::string text_;  // RESULT[:RULE], or empty
};

}  // namespace locus
