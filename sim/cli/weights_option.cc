#include "sim/cli/weights_option.h"

#include <string_view>

#include <fmt/format.h>

#include "sim/cli/run_jobs.h"
#include "sim/model/first_weights.h"
#include "sim/model/sha256.h"
#include "sim/report/learnt_weights.h"

namespace locus {
namespace {

// before the names of projections among the carried files
constexpr std::string_view kPrefix = "--weights/";

WeightFiles read(const LearntSource& source, const Spec& spec) {
  return is_checkpoint(source.path) ? weights_of_checkpoint(source) : read_learnt_weights(source, spec.network);
}

/// A path as text of a result, which must be UTF-8 and safe to show: bytes that are no visible
/// ASCII become %XX.
std::string shown_path(const std::string& path) {
  std::string text;
  for (const char letter : path) {
    const auto byte = static_cast<unsigned char>(letter);
    text += byte < 0x20 || byte > 0x7e || letter == '%' ? fmt::format("%{:02X}", byte) : std::string(1, letter);
  }
  return text;
}

}  // namespace

void WeightsOption::declare(CLI::App& app) {
  app.add_option(
         "--weights", text_,
         "begin with the weights that an earlier run has learnt, in place of the model's: its folder, result.binpb, "
         "result.json or checkpoint, with the name of the rule if it has several; or a folder of PROJECTION.npy files")
      ->type_name("RESULT[:RULE]");
}

void WeightsOption::apply(Spec& spec, CarriedFiles* carried) const {
  if (text_.empty()) return;
  WeightFiles files;
  if (carried != nullptr && carried->complete) {
    for (const auto& [name, bytes] : carried->bytes) {
      if (name.starts_with(kPrefix)) files[name.substr(kPrefix.size())] = bytes;
    }
  } else {
    files = read(learnt_source(text_), spec);
  }
  for (const auto& [name, bytes] : files)
    spec.inputs.push_back({.name = std::string(kPrefix) + name, .sha256 = sha256(bytes)});
  take_first_weights(files, shown_path(text_), spec);
  spec.settings.push_back("weights=" + shown_path(text_));
  if (carried == nullptr || carried->complete) return;
  for (auto& [name, bytes] : files) carried->bytes[std::string(kPrefix) + name] = std::move(bytes);
}

}  // namespace locus
