#include "sim/cli/rule_text.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include <fmt/format.h>

#include "core/protocol/declaration.h"
#include "sim/cli/rule_order.h"
#include "sim/report/text.h"

namespace locus {
namespace {

std::string_view words(DecaySource decay) {
  switch (decay) {
    case DecaySource::kNoTrace: return "synapses keep no trace";
    case DecaySource::kZero: return "0: a synapse's trace is the present product alone";
    case DecaySource::kConstant: return "lambda, known to every synapse";
    case DecaySource::kNeuron: return "lambda_i, which the neuron tells its synapses";
    case DecaySource::kText: return "the text of the rule says it";
  }
  return "";
}

std::string_view words(SignalSource signal) {
  switch (signal) {
    case SignalSource::kNowhere: return "none";
    case SignalSource::kFeedback: return "the errors, over a fixed feedback matrix R";
    case SignalSource::kSymmetric: return "the errors, over the readout's own weights A";
    case SignalSource::kAgent: return "delta, from the backward agent";
    case SignalSource::kReward: return "none; the environment gives a reward, the same for all neurons";
    case SignalSource::kLoss: return "none; the environment gives minus the loss as reward, the same for all neurons";
  }
  return "";
}

std::string_view words(Drive drive) {
  switch (drive) {
    case Drive::kNothing: return "nothing";
    case Drive::kOnline: return "every tick as it passes";
    case Drive::kSweep: return "sweeps back in time";
    case Drive::kSensitivity: return "sensitivities carried forward with every tick";
    case Drive::kFactors: return "random factors carried forward with every tick";
  }
  return "";
}

std::string lag_words(const Rule& rule) {
  return revisits(rule) ? "up to the depth of a sweep less one (tau - 1; bptt: T - 1)"
                        : "0: no message revisits an earlier tick";
}

std::string violation_words(const Rule& rule) {
  const auto [space, time] = declared_violation(rule);
  if (space && time) return "in space, and in time where a sweep is deeper than 1";
  if (space) return "in space";
  if (time) return "in time";
  return "none, ever";
}

std::string channel_words(const std::vector<Channel>& channels, const Rule& rule) {
  std::vector<std::string> names;
  for (const Channel channel : channels) {
    const bool core_local = core_local_channels(rule).holds(channel);
    names.push_back(std::string(name(channel)) + (core_local                      ? " (core-local)"
                                                  : violation(channel, 0).spatial ? " (non-local)"
                                                                                  : ""));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string_view spiking_words(const Rule& rule) { return rule.spiking.empty() ? "not offered" : rule.spiking; }

struct Field {
  std::string_view label;
  std::string text;
};

/// All fields except title and equation, in the order of printing.
std::vector<Field> fields_of(const Rule& rule) {
  return {{"driven by", std::string(words(rule.drive))},
          {"decay", std::string(words(rule.decay))},
          {"signal", std::string(words(rule.signal))},
          {"state", std::string(rule.state)},
          {"channels", channel_words(channels_of(rule), rule)},
          {"lag", lag_words(rule)},
          {"violations", violation_words(rule)},
          {"source", std::string(rule.source)}};
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (true) {
    const std::size_t end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

/// The target of links to the rule's heading: lower-case letters and digits of its usage.
std::string anchor_of(const Rule& rule) {
  std::string anchor;
  for (const char character : usage(rule)) {
    if (std::isalnum(static_cast<unsigned char>(character)) != 0)
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(character)));
  }
  return anchor;
}

constexpr std::size_t kIndent = 14;

std::string equation_lines(std::string_view label, std::string_view of) {
  std::string text;
  const std::vector<std::string_view> equation = lines_of(of);
  for (std::size_t i = 0; i < equation.size(); ++i) {
    const std::size_t inner = kIndent + std::min(equation[i].find_first_not_of(' '), equation[i].size());
    const std::string lines = wrap(equation[i], inner + 4, inner);
    text += i == 0 ? pad(label, kIndent, Align::kLeft) + lines.substr(kIndent) : lines;
  }
  return text;
}

std::string field_line(const Field& field) {
  return pad("  " + std::string(field.label), kIndent, Align::kLeft) + wrap(field.text, kIndent).substr(kIndent);
}

std::string_view words(Cadence cadence) {
  switch (cadence) {
    case Cadence::kNever: return "never";
    case Cadence::kError: return "in ticks with an error";
    case Cadence::kTick: return "in every tick";
    case Cadence::kEnd: return "at the end of a trial";
  }
  return "";
}

/// The ticks in which neurons tell their synapses the payload.
std::string cadence_words(const LocalPosts& posts) {
  const std::string at_end =
      posts.end_scalars == 0 ? "" : fmt::format("{} at the end of a trial", posts.scalars == 0 ? "" : "; and once more");
  if (posts.scalars == 0) return at_end.empty() ? "nothing: synapses need nothing of their neurons" : at_end.substr(1);
  std::string text(words(posts.varying_gain));
  if (posts.constant_gain != posts.varying_gain)
    text += fmt::format("; by neurons whose phi is the identity {}", words(posts.constant_gain));
  return text + "; by spiking neurons in ticks in which a factor is not 0" + at_end;
}

/// "p: one scalar a synapse; y: one scalar a target neuron".
std::string state_words(const LocalRule& rule) {
  std::vector<std::string> states;
  for (const LocalTrace& trace : rule.traces) {
    if (!trace.is_state) continue;
    const std::string_view by = trace.at == TraceAt::kSynapse  ? "synapse"
                                : trace.at == TraceAt::kSource ? "source of a projection"
                                                               : "target neuron";
    std::string text = fmt::format("{}: one scalar a {}", trace.name, by);
    if (trace.at == TraceAt::kSynapse && trace.of_source) text += " (one a source would do)";
    if (trace.at != TraceAt::kTarget && trace.is_lazy) text += ", linear in itself";
    states.push_back(std::move(text));
  }
  return states.empty() ? "none" : fmt::format("{}", fmt::join(states, "; "));
}

}  // namespace

std::string text_of(const Rule& rule) {
  std::string text = usage(rule) + "\n" + wrap(rule.title, 2, 2);
  text += equation_lines("  equation", rule.equation) + equation_lines("  spiking", spiking_words(rule));
  for (const Field& field : fields_of(rule)) text += field_line(field);
  return text;
}

std::string text_of(std::string_view name, const Learning& learning) {
  const LocalRule& local = *learning.local;
  const Rule& row = rule(learning.kind);
  std::string equation;
  for (const LocalTrace& trace : local.traces)
    equation += fmt::format("{} = {}\n", trace.name, local.words(trace.next));
  for (std::size_t i = 0; i < local.changes.size(); ++i)
    equation += fmt::format("{}Delta += {}", i == 0 ? "" : "\n", local.words(local.changes[i]));
  for (std::size_t i = 0; i < local.ends.size(); ++i) {
    const bool first = i == 0 && local.changes.empty();
    equation += fmt::format("{}at the end: Delta += {}", first ? "" : "\n", local.words(local.ends[i]));
  }
  std::string text = fmt::format("{}\n{}", name, wrap(row.title, 2, 2)) + equation_lines("  equation", equation);
  std::string payload;
  for (std::size_t k = 0; k < local.payload.size(); ++k)
    payload += fmt::format("{}m{} = {}", k == 0 ? "" : "\n", k, local.words(local.payload[k]));
  if (!payload.empty()) text += equation_lines("  POST", payload);
  payload.clear();
  for (std::size_t k = 0; k < local.end_payload.size(); ++k)
    payload += fmt::format("{}m{} = {}", k == 0 ? "" : "\n", k, local.words(local.end_payload[k]));
  if (!payload.empty()) text += equation_lines("  at the end", payload);
  std::string constants;
  for (const ConstantText& constant : local.text.constants)
    constants += fmt::format("{}{} = {}", constants.empty() ? "" : ", ", constant.name, constant.value);
  if (!constants.empty()) text += field_line({"constants", constants});
  for (const Field& field : {Field{"driven by", std::string(words(row.drive))}, Field{"told", cadence_words(local.posts)},
                             Field{"signal", std::string(words(row.signal))}, Field{"state", state_words(local)},
                             Field{"channels", channel_words(channels_of(selection_of(learning)), row)},
                             Field{"lag", lag_words(row)}, Field{"violations", violation_words(row)}})
    text += field_line(field);
  return text;
}

std::string rules_markdown() {
  std::string text =
      "# Learning rules\n\n<!-- Written by `locus rules --markdown`; a test compares. -->\n\n"
      "Every rule but RTRL and UORO asks the same of a synapse, `trace = decay trace + gain pre; Delta += signal trace`. They differ in "
      "where the decay and the signal come "
      "from, and in what drives them.\nThe readout learns by the delta rule under all of them: "
      "`dA = sum_t eps_t h_t^T`. Synapses from inputs to readouts do too: "
      "`dD = sum_t eps_t x_t^T`. A neuron's own\nbias learns as a synapse with `pre = 1` at every tick would.\n\n"
      "| rule | driven by | channels that break locality | largest lag |\n|---|---|---|---|\n";
  for (const Rule& rule : kRules) {
    std::vector<std::string_view> broken;
    for (const Channel channel : channels_of(rule)) {
      if (violation(channel, 0, core_local_channels(rule).holds(channel)).spatial) broken.push_back(name(channel));
    }
    text += fmt::format("| [`{}`](#{}) | {} | {} | {} |\n", rule.name, anchor_of(rule), words(rule.drive),
                        broken.empty() ? "none" : fmt::format("{}", fmt::join(broken, ", ")),
                        revisits(rule) ? "depth - 1" : "0");
  }
  for (const Rule& rule : kRules) {
    text += fmt::format("\n## `{}`\n\n{}\n\n```\n{}\n```\n\nOnto spiking neurons:\n\n```\n{}\n```\n\n| | |\n|---|---|\n",
                        usage(rule), rule.title, rule.equation, spiking_words(rule));
    for (const Field& field : fields_of(rule)) text += fmt::format("| {} | {} |\n", field.label, field.text);
  }
  return text + rule_order_markdown();
}

}  // namespace locus
