#include "sim/model/errors.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "sim/model/characters.h"

namespace locus {
namespace {

std::string all_described(const std::vector<Fault>& faults) {
  std::string text;
  for (const Fault& fault : faults) {
    if (!text.empty()) text += '\n';
    text += describe(fault);
  }
  return text;
}

}  // namespace

std::string describe(const Fault& fault) {
  std::string text = fault.file;
  if (fault.line > 0) text += ":" + std::to_string(fault.line) + ":" + std::to_string(fault.column);
  if (!text.empty()) text += ": ";  // a Spec made by hand has no file
  text += fault.severity == Severity::kError ? "error: " : "warning: ";
  if (!fault.field.empty()) text += fault.field + " ";
  text += fault.what;
  if (!fault.allowed.empty()) text += "; " + fault.allowed;
  text = printable_lines(text);
  if (!fault.source_line.empty()) {
    text += "\n  " + fault.source_line + "\n  ";
    // Tabs stay tabs, so that the caret stands under its place however wide they are shown.
    const std::string_view before = std::string_view(fault.source_line).substr(0, static_cast<std::size_t>(fault.caret));
    for (std::size_t at = 0; at < before.size();) {
      const Character character = character_at(before, at);
      text += character.code == '\t' ? "\t" : std::string(static_cast<std::size_t>(character.columns), ' ');
      at += character.bytes;
    }
    text += '^';
  }
  return text;
}

bool has_error(const std::vector<Fault>& faults) {
  return std::any_of(faults.begin(), faults.end(), [](const Fault& fault) { return fault.severity == Severity::kError; });
}

ModelError::ModelError(std::vector<Fault> faults)
    : std::runtime_error(all_described(faults)), faults_(std::move(faults)) {}

}  // namespace locus
