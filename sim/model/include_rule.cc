#include "sim/model/include_rule.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/ranges.h>

#include "locus/v1/model.pb.h"
#include "sim/model/parse_text.h"
#include "sim/model/shipped_files.h"

namespace locus {
namespace {

/// The rules of models/rules that are texts.
std::vector<v1::Rule> rules_to_include() {
  std::vector<v1::Rule> rules;
  for (const ShippedFile& file : shipped_rules()) {
    v1::Model model;
    FaultList own;
    if (!parse_text_message(file.text, model, own)) continue;  // tests load each of them
    for (const v1::Rule& rule : model.rules()) {
      if (rule.has_local() && rule.local().include().empty()) rules.push_back(rule);
    }
  }
  return rules;
}

/// The fields that stand in the file of the included rule.
bool check_alone(const v1::Rule::Local& message, const FieldPath& where, FaultList& faults) {
  const std::pair<std::string_view, bool> given[] = {{"trace", message.trace_size() > 0},
                                                     {"change", message.change_size() > 0},
                                                     {"change_on_pre_spike", message.change_on_pre_spike_size() > 0},
                                                     {"change_on_post_spike", message.change_on_post_spike_size() > 0},
                                                     {"change_on_error", message.change_on_error_size() > 0},
                                                     {"change_on_end", message.change_on_end_size() > 0},
                                                     {"signal", message.signal() != v1::Rule::Local::NONE},
                                                     {"reward", message.reward() != v1::Rule::Local::TRIALS}};
  bool alone = true;
  for (const auto& [field, is_given] : given) {
    if (!is_given) continue;
    faults.error(where.at(field), "is given beside include", "is that of the included rule; constants may be given");
    alone = false;
  }
  return alone;
}

/// Values of constants that the included rule has.
void override_constants(const v1::Rule::Local& message, const FieldPath& where, v1::Rule::Local& text, FaultList& faults) {
  for (int i = 0; i < message.constant_size(); ++i) {
    const v1::Rule::Local::Constant& given = message.constant(i);
    v1::Rule::Local::Constant* own = nullptr;
    std::string names;
    for (v1::Rule::Local::Constant& constant : *text.mutable_constant()) {
      if (constant.name() == given.name()) own = &constant;
      names += (names.empty() ? "" : ", ") + constant.name();
    }
    const FieldPath place = where.at("constant", i);
    if (own == nullptr) {
      faults.error(place.at("name"),
                   fmt::format("is {}, and rule {} has no such constant", shown(std::string_view(given.name())),
                               shown(std::string_view(message.include()))),
                   names.empty() ? "it has none" : "must be one of " + names);
    } else if (!given.has_value()) {
      faults.error(place.at("value"), "is missing", "must be given");
    } else {
      own->set_value(given.value());
    }
  }
}

}  // namespace

void include_rule(v1::Rule::Local& message, const FieldPath& where, FaultList& faults) {
  if (message.include().empty()) return;
  const std::vector<v1::Rule> rules = rules_to_include();
  std::vector<std::string> names;
  const v1::Rule* found = nullptr;
  for (const v1::Rule& rule : rules) {
    names.push_back(rule.name());
    if (rule.name() == message.include()) found = &rule;
  }
  if (found == nullptr) {
    faults.error(where.at("include"), "is " + shown(std::string_view(message.include())),
                 fmt::format("must be a rule of models/rules: {}", fmt::join(names, ", ")));
    faults.silence(where);
    return;
  }
  if (!check_alone(message, where, faults)) return faults.silence(where);
  v1::Rule::Local text = found->local();
  text.clear_feedback();
  override_constants(message, where, text, faults);
  text.mutable_feedback()->Swap(message.mutable_feedback());
  message = std::move(text);
}

}  // namespace locus
