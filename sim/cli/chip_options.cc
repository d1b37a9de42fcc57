#include "sim/cli/chip_options.h"

#include <charconv>

#include <fmt/format.h>

#include "sim/cli/options.h"
#include "sim/model/cost.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/sha256.h"
#include "sim/place/placement.h"

namespace locus {
namespace {

constexpr std::uint64_t kLongestSide = 1024;  // cores, as in a model file
constexpr std::uint64_t kMostNeurons = 100'000'000;

std::optional<std::pair<std::int32_t, std::int32_t>> mesh_of(const std::string& text) {
  std::int32_t width = 0;
  std::int32_t height = 0;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, width);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != 'x') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, height);
  constexpr auto kMost = static_cast<std::int32_t>(kLongestSide);
  if (second.ec != std::errc() || second.ptr != end || width < 1 || height < 1 || width > kMost || height > kMost)
    return std::nullopt;
  return std::pair(width, height);
}

std::string check_mesh(const std::string& text) {
  return mesh_of(text) ? "" : fmt::format("is \"{}\"; must be WIDTHxHEIGHT, each 1 to {}: 4x2", text, kLongestSide);
}

}  // namespace

void CostOption::declare(CLI::App& app) {
  app.add_option("--cost", file_, "what the chip charges (models/chips), in place of the model's")->type_name("FILE");
}

void CostOption::apply(Spec& spec, CarriedFiles* carried) const {
  if (file_.empty()) return;
  if (!spec.chip) throw UsageError("--cost is given, and the model has no chip");
  CarriedFiles here;
  std::string& text = (carried != nullptr ? *carried : here).bytes["--cost"];
  if (carried == nullptr || !carried->complete) text = read_file(file_, kLargestCost);
  spec.chip->cost = read_cost(text, file_);
  spec.inputs.push_back({.name = "--cost", .sha256 = sha256(text)});
}

void CostOption::apply(std::optional<ChipSpec>& chip) const {
  if (file_.empty()) return;
  if (!chip) throw UsageError("--cost is given, and the model has no chip");
  chip->cost = load_cost(file_);
}

void PlacementOptions::declare(CLI::App& app) {
  app.add_option("--policy", policy_, "placement, block|round_robin|greedy|explicit, in place of the model's")
      ->type_name("NAME")
      ->check(one_of({"block", "round_robin", "greedy", "explicit"}), "");
  app.add_option("--mesh", mesh_, "cores in a row and rows")->type_name("WxH")->check(check_mesh, "");
  app.add_option("--neurons-per-core", neurons_per_core_, "neurons that a core holds in place of the model's")
      ->type_name("N")
      ->check(whole_number(1, kMostNeurons), "");
  app.add_option("--cores", cores_,
                 "with --policy explicit: core of each rate neuron, then readout, with commas between them")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--agent-core", agent_core_, "core of the backward agent, or host")->type_name("N");
}

void PlacementOptions::apply(ChipSpec& chip) const {
  for (const PlacementPolicy policy : kPlacementPolicies) {
    std::string small(name(policy));
    for (char& letter : small) letter = letter == '_' ? '_' : static_cast<char>(letter - 'A' + 'a');
    if (small == policy_) chip.policy = policy;
  }
  if (!cores_.empty() && chip.policy != PlacementPolicy::kExplicit)
    throw UsageError("--cores is given; it needs --policy explicit");
  if (!mesh_.empty()) {
    std::tie(chip.width, chip.height) = *mesh_of(mesh_);
    if (chip.agent_core && *chip.agent_core >= chip.width * chip.height && agent_core_.empty())
      throw UsageError(
          fmt::format("--mesh has no core {}, where the model's agent sits; --agent-core moves it", *chip.agent_core));
  }
  if (neurons_per_core_) chip.neurons_per_core = *neurons_per_core_;
  if (!cores_.empty()) chip.cores = cores_;
  if (agent_core_.empty()) return;
  if (agent_core_ == "host") {
    chip.agent_core.reset();
    return;
  }
  const auto most = static_cast<std::uint64_t>(chip.width) * static_cast<std::uint64_t>(chip.height) - 1;
  if (const std::string wrong = whole_number(0, most)(agent_core_); !wrong.empty())
    throw UsageError(fmt::format("--agent-core {}, or host", wrong));
  chip.agent_core = std::stoi(agent_core_);
}

}  // namespace locus
