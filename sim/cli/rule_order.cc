#include "sim/cli/rule_order.h"

#include <algorithm>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "core/protocol/declaration.h"
#include "sim/model/builder.h"
#include "sim/model/wire.h"
#include "sim/report/forecast.h"

namespace locus {
namespace {

constexpr std::int32_t kNeurons = 64;
constexpr std::int32_t kTicks = 20;

/// One network for all rules: sparse, so that a reach has an end, and on four cores.
Spec network_of_the_order() {
  Model model("order", 1);
  model.input("in", 4);
  model.rate("rec", kNeurons, {.activation = Activation::kTanh, .leak = 0.5});
  model.readout("out", 4);
  model.connect("in", "rec", gaussian(1), {.name = "B"});
  model.connect("rec", "rec", sparse_in_degree(4, gaussian(1)), {.name = "W"});
  model.connect("rec", "out", gaussian(1), {.name = "A"});
  const DenseMatrix ones = {kTicks, 4, std::vector<double>(std::size_t{4} * kTicks, 1.0)};
  model.recorded({trial(ones, ones)});
  TrainingSpec training;
  training.loss = Loss::kSequence;
  training.ticks = kTicks;
  training.learning_rate = 0.01;
  model.training(training);
  ChipSpec chip;
  chip.width = 4;
  chip.neurons_per_core = kNeurons / 4 + 4;
  model.chip(chip);
  const FeedbackOptions learned = {.learn = LearnSpec{0.001}};
  for (const RuleOptions& rule :
       {none().named("none"), rflo().named("rflo"), rflo({}, {learned}).named("rflo, learned feedback"),
        eprop_random().named("eprop:random"), eprop_random({learned}).named("eprop:random, learned feedback"),
        eprop().named("eprop"), tbptt(1).named("tbptt:1"), tbptt(5, 5).named("tbptt:5:5"), bptt().named("bptt"),
        rtrl_core().named("rtrl:core"), rtrl_reach(1).named("rtrl:reach:1"), rtrl_reach(2).named("rtrl:reach:2"),
        rtrl_reach(3).named("rtrl:reach:3"), rtrl_paths(0).named("rtrl:paths:0"), rtrl_paths(2).named("rtrl:paths:2"),
        rtrl().named("rtrl"), uoro().named("uoro")})
    model.rule(rule);
  return model.finish();
}

std::string_view reach_of(const Rule& row) {
  switch (row.drive) {
    case Drive::kNothing: return "nothing";
    case Drive::kSweep: return "the whole network, back over a sweep";
    case Drive::kOnline:
      return row.signal == SignalSource::kFeedback ? "its two neurons, and the errors"
                                                   : "its two neurons, and the errors over the readouts' weights";
    case Drive::kFactors: return "the whole network, exactly in the mean";
    case Drive::kSensitivity: break;
  }
  switch (row.keeps) {
    case Keeps::kAll: return "the whole network, exactly";
    case Keeps::kReach: return "neurons within its reach";
    case Keeps::kPaths: return "the whole network, along some paths";
    case Keeps::kCore: return "neurons of its core";
  }
  return "";
}

}  // namespace

std::string rule_order_markdown() {
  const Spec spec = network_of_the_order();
  const Topology topology = topology_of(spec);
  struct Row {
    const RuleSpec* rule;
    Ledger ledger;
    std::int64_t kept;
  };
  std::vector<Row> rows;
  std::int64_t forward = 0;
  for (const RuleSpec& rule : spec.rules) {
    const Ledger ledger = forecast(spec, topology, rule);
    if (rule.kind == RuleKind::kNone) forward = ledger.messages();
    rows.push_back({&rule, ledger, (ledger.history_bytes() + ledger.trace_bytes()) / 8});
  }
  std::ranges::stable_sort(rows, {}, [](const Row& row) {
    return std::tuple(row.ledger.violations(), row.ledger.core_local(), row.kept, row.ledger.messages());
  });
  std::string text = fmt::format(
      "\n## All rules in one order\n\nFrom purely local to exact: the closed forms of one trial of {} ticks with an error each, "
      "in a network of 4 inputs, {} tanh neurons with 4 recurrent synapses onto each, and 4 readouts, on 4 cores. "
      "Messages are those beyond the {} of the forward pass; what is kept is traces and history, "
      "in numbers of one replica. The order is that of messages that break locality, then of those that "
      "stay on a core only by their rule, of what is kept, and of all messages.\n\n"
      "| rule | messages | numbers in them | break space | on a core | break time | kept | a synapse hears of |\n"
      "|---|---|---|---|---|---|---|---|\n",
      kTicks, kNeurons, forward);
  for (const Row& row : rows) {
    const Ledger& ledger = row.ledger;
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} | {} |\n", row.rule->name, ledger.messages() - forward,
                        ledger.scalars() - forward, ledger.spatial_violations(), ledger.core_local(),
                        ledger.temporal_violations(), row.kept, reach_of(locus::rule(row.rule->kind)));
  }
  return text + "\n![What a rule keeps and sends in this network](figures/order.svg)\n";
}

}  // namespace locus
