#include "sim/cli/chip_options.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <tuple>

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

constexpr std::string_view kPackets = "packets:";
constexpr std::string_view kFill = "fill";

/// "round_robin".
std::string small_name(PlacementPolicy policy) {
  std::string small(name(policy));
  for (char& letter : small) letter = letter == '_' ? '_' : static_cast<char>(letter - 'A' + 'a');
  return small;
}

std::string check_policy(const std::string& text) {
  if (text.starts_with(kPackets) && text.size() > kPackets.size()) return "";
  return one_of({"block", "round_robin", "greedy", "explicit", "packets:RULE"})(text);
}

std::string check_neurons(const std::string& text) { return text == kFill ? "" : whole_number(1, kMostNeurons)(text); }

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
  app.add_option("--policy", policies_,
                 "placement, block|round_robin|greedy|explicit, or packets:RULE (the fewest packets of that rule), in place of the "
                 "model's; repeat for several")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->check(check_policy, "");
  app.add_option("--mesh", meshes_, "cores in a row and rows; repeat for several")
      ->type_name("WxH")
      ->allow_extra_args(false)
      ->check(check_mesh, "");
  app.add_option("--neurons-per-core", neurons_per_core_,
                 "neurons that a core holds in place of the model's; fill: as few as each mesh needs")
      ->type_name("N")
      ->check(check_neurons, "");
  app.add_option("--cores", cores_,
                 "with --policy explicit: core of each rate neuron, then readout, with commas between them")
      ->type_name("LIST")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--agent-core", agent_core_,
                 "core of the backward agent, or host; spread: each core has its part for its own neurons")
      ->type_name("N");
  app.add_flag("--partial-sums", partial_sums_,
               "a core adds up its TRANSPORT to (or about) the same neuron and sends one packet for the sum")
      ->disable_flag_override();
}

void PlacementOptions::apply_policy(const std::string& policy, PlacementChoice& choice) const {
  if (policy.starts_with(kPackets)) {
    choice.fewest_of = policy.substr(kPackets.size());
    choice.chip.policy = PlacementPolicy::kExplicit;
    choice.chip.cores.clear();
    return;
  }
  for (const PlacementPolicy known : kPlacementPolicies) {
    if (small_name(known) == policy) choice.chip.policy = known;
  }
}

void PlacementOptions::apply_agent(ChipSpec& chip) const {
  const std::int64_t cores = std::int64_t{chip.width} * chip.height;
  if (agent_core_.empty()) {
    if (!chip.agent_core || *chip.agent_core < cores) return;
    throw UsageError(
        fmt::format("--mesh has no core {}, where the model's agent sits; --agent-core moves it", *chip.agent_core));
  }
  chip.agent_core.reset();
  chip.spread_agent = agent_core_ == "spread";
  if (agent_core_ == "host" || chip.spread_agent) return;
  if (const std::string wrong = whole_number(0, static_cast<std::uint64_t>(cores) - 1)(agent_core_); !wrong.empty())
    throw UsageError(fmt::format("--agent-core {}, host or spread", wrong));
  chip.agent_core = std::stoi(agent_core_);
}

std::vector<PlacementChoice> PlacementOptions::choices(const ChipSpec& chip, std::int64_t neurons) const {
  const std::string own = small_name(chip.policy);
  const std::vector<std::string> policies = policies_.empty() ? std::vector{own} : policies_;
  const std::vector<std::string> meshes =
      meshes_.empty() ? std::vector{fmt::format("{}x{}", chip.width, chip.height)} : meshes_;
  const bool is_explicit = std::ranges::find(policies, "explicit") != policies.end();
  if (!cores_.empty() && !is_explicit) throw UsageError("--cores is given; it needs --policy explicit");
  if (is_explicit && meshes.size() > 1) throw UsageError("--policy explicit is for one --mesh, whose cores it names");
  std::vector<PlacementChoice> all;
  for (const std::string& mesh : meshes) {
    for (const std::string& policy : policies) {
      PlacementChoice& choice = all.emplace_back(PlacementChoice{chip, {}});
      std::tie(choice.chip.width, choice.chip.height) = *mesh_of(mesh);
      const std::int64_t cores = std::int64_t{choice.chip.width} * choice.chip.height;
      if (neurons_per_core_ == kFill) {
        choice.chip.neurons_per_core = static_cast<std::int32_t>(std::max<std::int64_t>(1, (neurons + cores - 1) / cores));
      } else if (!neurons_per_core_.empty()) {
        choice.chip.neurons_per_core = std::stoi(neurons_per_core_);
      }
      choice.chip.partial_sums = partial_sums_;
      if (!cores_.empty()) choice.chip.cores = cores_;
      apply_policy(policy, choice);
      apply_agent(choice.chip);
    }
  }
  return all;
}

}  // namespace locus
