// Files of models that the library carries in itself, so that a name finds them wherever a model
// is: rules that others include, and engines of chips.
//
// The build writes their texts into the library (shipped_files.cmake).
#pragma once

#include <span>
#include <string_view>

namespace locus {

struct ShippedFile {
  std::string_view name;  // without folder and extension: "oja"
  std::string_view text;
};

/// The files of models/rules, in the order of their names.
std::span<const ShippedFile> shipped_rules();

/// The files of models/engines, in the order of their names.
std::span<const ShippedFile> shipped_engines();

}  // namespace locus
