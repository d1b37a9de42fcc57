#include "sim/run/provenance.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/base/level.h"
#include "sim/model/sha256.h"

namespace locus {

std::string text_of(const Provenance& provenance) {
  std::string text = fmt::format("schema {}\n", provenance.schema);
  for (const InputFile& file : provenance.files) text += fmt::format("file {}  {}\n", file.sha256, file.name);
  for (const std::string& option : provenance.options) text += fmt::format("option {}\n", option);
  return text;
}

std::vector<std::string> differences(const Provenance& a, const Provenance& b) {
  std::vector<std::string> lines;
  if (a.schema != b.schema) lines.push_back(fmt::format("schema: {} against {}", a.schema, b.schema));
  const auto title = [](const InputFile& file) { return file.name.empty() ? "model file" : "file " + file.name; };
  for (const InputFile& file : a.files) {
    const auto other = std::ranges::find(b.files, file.name, &InputFile::name);
    if (other == b.files.end()) {
      lines.push_back(title(file) + ": only in the first");
    } else if (file.sha256 != other->sha256) {
      lines.push_back(fmt::format("{}: sha256 {} against {}", title(file), file.sha256, other->sha256));
    }
  }
  for (const InputFile& file : b.files) {
    if (std::ranges::find(a.files, file.name, &InputFile::name) == a.files.end())
      lines.push_back(title(file) + ": only in the second");
  }
  const auto options_of = [](const std::vector<std::string>& own, const std::vector<std::string>& others) {
    std::string text;
    for (const std::string& option : own) {
      if (option.starts_with("seed=") || option.starts_with("set ")) continue;
      if (std::ranges::find(others, option) == others.end()) text += (text.empty() ? "" : " ") + option;
    }
    return text.empty() ? std::string("-") : text;
  };
  const std::string of_a = options_of(a.options, b.options);
  const std::string of_b = options_of(b.options, a.options);
  if (of_a != "-" || of_b != "-") lines.push_back(fmt::format("options: {} against {}", of_a, of_b));
  return lines;
}

void add_option(Provenance& provenance, std::string option) {
  provenance.options.push_back(std::move(option));
  if (!provenance.sha256.empty()) provenance.sha256 = sha256(text_of(provenance));
}

Provenance provenance_of(const Spec& spec, TransportKind transport, bool rank_of_large) {
  Provenance provenance = {
      .sha256 = {}, .schema = std::string(kModelSchema), .files = spec.inputs, .options = {}, .level = std::string(level())};
  std::vector<std::string>& options = provenance.options;
  options.push_back(fmt::format("seed={}", spec.seed));
  options.push_back(fmt::format("updates={}", spec.training.updates));
  options.push_back(fmt::format("locality={}", name(spec.training.locality)));
  options.push_back(fmt::format("transport={}", transport == TransportKind::kMailbox ? "mailbox" : "batched"));
  options.push_back(fmt::format("rank={}", rank_of_large ? "all" : "small"));
  const auto* recorded = std::get_if<RecordedTask>(&spec.task);
  if (recorded != nullptr && recorded->shuffle) options.push_back("order=by seed and epoch");
  if (std::holds_alternative<SuppliedTask>(spec.task)) options.push_back("trials=of a program");
  for (const RuleSpec& rule : spec.rules) options.push_back("rule=" + rule.name);
  for (const std::string& setting : spec.settings) {
    // first weights are among the files, by their contents
    if (!setting.starts_with("weights=")) options.push_back("set " + setting);
  }
  if (!spec.inputs.empty()) provenance.sha256 = sha256(text_of(provenance));
  return provenance;
}

}  // namespace locus
