#include "core/expression/local_rule.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/expression/inference.h"
#include "core/expression/normal_form.h"

namespace locus {
namespace {

/// Makes a rule of a text, and notes every fault on the way.
class Compiler {
 public:
  explicit Compiler(const LocalText& text)
      : form_(rule_.tree, [this](const Node& leaf) { return owner_of(leaf); }),
        end_form_(rule_.tree, [this](const Node& leaf) { return owner_of(leaf); }) {
    rule_.text = text;
  }

  Compiled compile() {
    check_sizes();
    if (!faults_.empty()) return {std::nullopt, std::move(faults_)};
    check_names();
    read_traces();
    read_changes();
    if (!faults_.empty()) return {std::nullopt, std::move(faults_)};
    check_traces();
    check_signal();
    if (!faults_.empty()) return {std::nullopt, std::move(faults_)};
    normalise();
    if (!faults_.empty()) return {std::nullopt, std::move(faults_)};
    infer(rule_, form_);
    return {std::move(rule_), {}};
  }

 private:
  void fault(std::string_view list, int index, std::string_view field, std::string found, std::string allowed) {
    faults_.push_back({list, index, field, {1, 1, std::move(found), std::move(allowed)}, false});
  }

  void check_sizes() {
    const LocalText& text = rule_.text;
    const auto check = [&](std::string_view list, std::size_t given, int most) {
      if (given > static_cast<std::size_t>(most))
        fault(list, 0, "", "are " + std::to_string(given), "must be at most " + std::to_string(most));
    };
    check("constant", text.constants.size(), kMostConstants);
    check("trace", text.traces.size(), kMostTraces);
    check("change", text.changes.size(), kMostChanges);
    if (text.changes.empty()) fault("change", 0, "", "is missing", "a rule has at least one change");
  }

  void check_names() {
    std::vector<std::string> seen;
    const auto check = [&](const std::string& name, const char* list, int index) {
      if (!is_name(name)) {
        fault(list, index, "name", "is " + quoted(name), "must be letters, digits and _, and begin with no digit");
      } else if (symbol_named(name) || is_function(name)) {
        fault(list, index, "name", "is " + quoted(name), "must not be a name that every rule has");
      } else if (std::ranges::find(seen, name) != seen.end()) {
        fault(list, index, "name", "is " + quoted(name) + " once more", "must be one of its own");
      }
      seen.push_back(name);
    };
    for (std::size_t i = 0; i < rule_.text.constants.size(); ++i) {
      check(rule_.text.constants[i].name, "constant", static_cast<int>(i));
      if (!std::isfinite(rule_.text.constants[i].value))
        fault("constant", static_cast<int>(i), "value", "is not finite", "must be finite");
    }
    for (std::size_t i = 0; i < rule_.text.traces.size(); ++i)
      check(rule_.text.traces[i].name, "trace", static_cast<int>(i));
  }

  std::variant<std::int32_t, ExpressionFault> resolve(std::string_view name) {
    const LocalText& text = rule_.text;
    if (const auto symbol = symbol_named(name)) {
      return rule_.tree.leaf(Leaf::kSymbol, static_cast<std::int32_t>(*symbol));
    }
    const auto constant = std::ranges::find(text.constants, name, &ConstantText::name);
    if (constant != text.constants.end())
      return rule_.tree.leaf(Leaf::kConstant, static_cast<std::int32_t>(constant - text.constants.begin()));
    const auto trace = std::ranges::find(text.traces, name, &TraceText::name);
    if (trace != text.traces.end())
      return rule_.tree.leaf(Leaf::kTrace, static_cast<std::int32_t>(trace - text.traces.begin()));
    ExpressionFault fault{1, 1, "has the unknown name " + quoted(name), std::string(foreign(name))};
    if (fault.allowed.empty()) fault.allowed = "names are " + known_names();
    return fault;
  }

  std::string known_names() const {
    std::string names;
    const auto add = [&](std::string_view name) { names += (names.empty() ? "" : ", ") + std::string(name); };
    for (const TraceText& trace : rule_.text.traces) add(trace.name);
    for (const ConstantText& constant : rule_.text.constants) add(constant.name);
    for (const SymbolRow& symbol : kSymbolTable) {
      if (!symbol.name.empty()) add(symbol.name);
    }
    return names;
  }

  std::int32_t read(const std::string& expression, const char* list, int index, const char* field) {
    const NameResolver resolver = [this](std::string_view name) { return resolve(name); };
    const auto found = parse_expression(expression, resolver, rule_.tree);
    if (const auto* root = std::get_if<std::int32_t>(&found)) return *root;
    faults_.push_back({list, index, field, std::get<ExpressionFault>(found), true});
    return -1;
  }

  void read_traces() {
    for (std::size_t i = 0; i < rule_.text.traces.size(); ++i) {
      const TraceText& trace = rule_.text.traces[i];
      rule_.traces.push_back({trace.name, trace.at, read(trace.next, "trace", static_cast<int>(i), "next")});
    }
  }

  /// A change that happens only in some ticks is one that is multiplied by 0 in all others.
  void read_changes() {
    Tree& tree = rule_.tree;
    const auto leaf = [&](Symbol symbol) { return tree.leaf(Leaf::kSymbol, static_cast<std::int32_t>(symbol)); };
    for (std::size_t i = 0; i < rule_.text.changes.size(); ++i) {
      const ChangeText& change = rule_.text.changes[i];
      std::int32_t root = read(change.change, "change", static_cast<int>(i), "change");
      roots_.push_back(root);
      if (root < 0) continue;
      switch (change.on) {
        case ChangeOn::kTick:
        case ChangeOn::kEnd: break;
        case ChangeOn::kPreSpike:
          root = tree.apply(Operation::kMultiply, root,
                            tree.apply(Operation::kAbs, tree.apply(Operation::kSign, leaf(Symbol::kPre))));
          break;
        case ChangeOn::kPostSpike: root = tree.apply(Operation::kMultiply, leaf(Symbol::kSpike), root); break;
        case ChangeOn::kError: root = tree.apply(Operation::kMultiply, leaf(Symbol::kTaught), root); break;
      }
      roots_.back() = root;
    }
  }

  std::uint8_t owner_of(const Node& leaf) const {
    switch (leaf.leaf) {
      case Leaf::kSymbol: return row(static_cast<Symbol>(leaf.index)).owner;
      case Leaf::kConstant: return kEverybody;
      case Leaf::kTrace:
        switch (rule_.traces[static_cast<std::size_t>(leaf.index)].at) {
          case TraceAt::kSynapse: return kSynapseItself;
          case TraceAt::kSource: return kSourceNeuron;
          case TraceAt::kTarget: return kTargetNeuron;
        }
        return kSynapseItself;
      case Leaf::kPayload: return kTargetNeuron;
    }
    return kEverybody;
  }

  std::string name_of(const Node& leaf) const {
    if (leaf.leaf == Leaf::kTrace) return rule_.traces[static_cast<std::size_t>(leaf.index)].name;
    return std::string(row(static_cast<Symbol>(leaf.index)).name);
  }

  /// A trace of a neuron may use only what that neuron has.
  void check_traces() {
    for (std::size_t i = 0; i < rule_.traces.size(); ++i) {
      const LocalTrace& trace = rule_.traces[i];
      if (trace.at == TraceAt::kSynapse) continue;
      const Owner own = trace.at == TraceAt::kSource ? kSourceNeuron : kTargetNeuron;
      bool told = false;
      rule_.tree.each_leaf(trace.next, [&](const Node& leaf) {
        const std::uint8_t owner = owner_of(leaf);
        if (owner == kEverybody || owner == own || told) return;
        told = true;
        const std::string why =
            trace.at == TraceAt::kSource
                ? "no channel carries what a target or a synapse has back to a source"
                : "a neuron knows of its synapses only the sum of their currents (DENDRITE); GATHER would carry "
                  "more, a violation in space";
        fault("trace", static_cast<int>(i), "next",
              "uses " + quoted(name_of(leaf)) + " of " + std::string(words(static_cast<Owner>(owner))) +
                  ", and the trace is kept by " + std::string(words(own)),
              why);
      });
    }
  }

  void check_signal() {
    for (const SymbolRow& symbol : kSymbolTable) {
      const auto holds = [&](std::int32_t root) {
        bool found = false;
        rule_.tree.each_leaf(root, [&](const Node& leaf) {
          found = found || (leaf.leaf == Leaf::kSymbol && leaf.index == static_cast<std::int32_t>(symbol.symbol));
        });
        return found;
      };
      const bool used = std::ranges::any_of(roots_, holds) ||
                        std::ranges::any_of(rule_.traces, [&](const LocalTrace& trace) { return holds(trace.next); });
      if (used) rule_.uses.push_back(symbol.symbol);
    }
    check_third_factor();
  }

  /// What brings `signal`, ticks with an error and `reward`, and that nothing comes for nothing.
  void check_third_factor() {
    const LocalSignal signal = rule_.text.signal;
    const bool asks = rule_.has(Symbol::kSignal) || (rule_.has(Symbol::kTaught) && !rule_.has_errors());
    const bool fed = signal == LocalSignal::kFeedback || signal == LocalSignal::kSymmetric;
    if (asks && !fed) {
      const bool rewarded = signal == LocalSignal::kReward;
      fault("signal", 0, "",
            rewarded ? "is REWARD, and an expression uses errors" : "is missing, and an expression uses errors",
            "must be feedback, whose errors come over FEEDBACK (no violation), or symmetric, over TRANSPORT (a violation in space)");
    }
    if (rule_.has(Symbol::kReward) && signal != LocalSignal::kReward) {
      fault("signal", 0, "", "is not REWARD, and an expression uses \"reward\"",
            "must be reward: the environment gives it over REWARD (no violation)");
    }
    const bool uses = signal == LocalSignal::kReward ? rule_.has(Symbol::kReward)
                                                     : rule_.has(Symbol::kSignal) || rule_.has(Symbol::kTaught);
    if (signal != LocalSignal::kNone && !uses)
      fault("signal", 0, "", "is given, and no expression uses it", "leave it out: it would be sent for nothing");
    if (rule_.text.reward != RewardFrom::kTrials && signal != LocalSignal::kReward)
      fault("reward", 0, "", "is given, and signal is not REWARD", "stands with signal: REWARD");
  }

  void normalise() {
    for (std::size_t i = 0; i < rule_.traces.size(); ++i) {
      LocalTrace& trace = rule_.traces[i];
      trace.of_source = trace.at == TraceAt::kSource || follows_from_source(i);
      if (trace.at == TraceAt::kSynapse) trace.next = normal(trace.next, "trace", i, "next");
    }
    for (std::size_t i = 0; i < roots_.size(); ++i) {
      const bool at_end = rule_.text.changes[i].on == ChangeOn::kEnd;
      const std::int32_t root = normal(roots_[i], "change", i, "change", at_end);
      (at_end ? rule_.ends : rule_.changes).push_back(root);
    }
    if (!faults_.empty()) return;
    rule_.payload = form_.payload();
    rule_.end_payload = end_form_.payload();
    for (const std::vector<std::int32_t>* payload : {&rule_.payload, &rule_.end_payload}) {
      if (std::ssize(*payload) <= kMostPayload) continue;
      fault("change", 0, "", "makes the target neuron send " + std::to_string(payload->size()) + " numbers in one POST",
            "a rule has at most " + std::to_string(kMostPayload));
    }
  }

  std::int32_t normal(std::int32_t node, const char* list, std::size_t index, const char* field, bool at_end = false) {
    NormalForm& form = at_end ? end_form_ : form_;
    const std::int32_t normal = form.of(node);
    const bool has_room = places_of(normal) <= kMostPlaces;
    if ((!form.is_within_bounds() || !has_room) && faults_.empty())
      fault(list, static_cast<int>(index), field, "is too large when it is multiplied out",
            has_room ? "must have at most " + std::to_string(kMostTerms) + " products"
                     : "must have at most " + std::to_string(kMostPlaces) + " numbers and operations");
    return normal;
  }

  /// The nodes under a node, each counted once for each place: what an evaluation visits. At most
  /// kMostPlaces + 1.
  std::int64_t places_of(std::int32_t root) const {
    std::vector<std::int64_t> places;  // of each node so far; children stand before their parents
    for (std::int32_t n = 0; n <= root; ++n) {
      std::int64_t sum = 1;
      for (int i = 0; i < arguments_of(rule_.tree[n].operation); ++i)
        sum += places[static_cast<std::size_t>(rule_.tree[n].arguments[static_cast<std::size_t>(i)])];
      places.push_back(std::min(sum, kMostPlaces + 1));
    }
    return places.back();
  }

  /// True if a synapse's trace uses itself, what the source sent, and such traces only.
  bool follows_from_source(std::size_t i) const {
    bool follows = true;
    rule_.tree.each_leaf(rule_.traces[i].next, [&](const Node& leaf) {
      if (leaf.leaf == Leaf::kTrace) {
        const auto other = static_cast<std::size_t>(leaf.index);
        follows = follows && (other == i || (other < i && rule_.traces[other].of_source));
      } else {
        follows = follows && (owner_of(leaf) == kEverybody || owner_of(leaf) == kSourceNeuron);
      }
    });
    return follows;
  }

  LocalRule rule_;
  NormalForm form_;
  NormalForm end_form_;              // of what happens at the end of a trial
  std::vector<std::int32_t> roots_;  // of changes, in the order of the text
  std::vector<LocalFault> faults_;
};

}  // namespace

bool LocalRule::has(Symbol symbol) const { return std::ranges::find(uses, symbol) != uses.end(); }

bool LocalRule::has_errors() const {
  return text.signal == LocalSignal::kReward ? text.reward != RewardFrom::kTrials : text.signal != LocalSignal::kNone;
}

std::int64_t LocalRule::states(TraceAt at) const {
  return std::ranges::count_if(traces, [&](const LocalTrace& trace) { return trace.at == at && trace.is_state; });
}

Compiled compile_local(const LocalText& text) { return Compiler(text).compile(); }

}  // namespace locus
