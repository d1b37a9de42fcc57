// The engines that come with the program: the files of models/engines, by their names without
// extension, as texts that are compiled into the library.
#pragma once

#include <span>
#include <string_view>

namespace locus {

struct ShippedEngine {
  std::string_view name;  // "loihi2"
  std::string_view text;  // of the file
};

/// In the order of their names.
std::span<const ShippedEngine> shipped_engines();

}  // namespace locus
