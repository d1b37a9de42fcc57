// The model files of models/rules, which the library carries in itself: their rules can be included
// by name wherever a model is.
//
// The build writes the texts into the library (shipped_rules.cmake).
#pragma once

#include <span>
#include <string_view>

namespace locus {

struct ShippedFile {
  std::string_view name;  // "oja.txtpb"
  std::string_view text;
};

std::span<const ShippedFile> shipped_rule_files();

}  // namespace locus
