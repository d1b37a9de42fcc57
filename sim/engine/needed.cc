#include "sim/engine/needed.h"

#include <algorithm>
#include <utility>

namespace locus {
namespace {

/// True if a trace decays by a constant and grows by a constant with each spike of its neuron.
bool is_spike_trace(const SumForm& form, int trace, AtomKind spike) {
  for (const Product& product : form.traces[static_cast<std::size_t>(trace)].next) {
    if (product.atoms.size() != 1) return false;
    const Atom& atom = form.atom(product.atoms.front());
    const bool own = atom.trace == trace && product.scale >= 0 && product.scale <= 1;
    if (!own && (atom.kind != spike || product.scale < 0)) return false;
  }
  return true;
}

class Collector {
 public:
  Collector(Binding& binding, const EngineSpec& engine, const BindingContext& context)
      : binding_(binding), engine_(engine), context_(context) {}

  /// All products of all sums, those of one value of the target together.
  std::vector<Needed> collect() {
    for (const Product& product : form().change) add(product, 0, -context_.rate, context_.ticks);
    for (const Product& product : form().at_the_end) add(product, 0, -context_.rate, 1);
    if (context_.decay != 0) {
      const int weight = static_cast<int>(form().atoms.size());
      form().atoms.push_back({AtomKind::kWeight, "weight"});
      add({1, {weight}}, 0, -context_.decay, context_.ticks);
    }
    for (std::size_t v = 1; v < binding_.variables.size(); ++v) {
      const int trace = binding_.variables[v].trace;
      double own = -1;
      int own_atom = -1;
      for (const Product& product : form().traces[static_cast<std::size_t>(trace)].next) {
        if (product.atoms.size() == 1 && form().atom(product.atoms.front()).trace == trace) {
          own += product.scale;
          own_atom = product.atoms.front();
        } else {
          add(product, static_cast<int>(v), 1, context_.ticks);
        }
      }
      if (own_atom < 0) {  // it keeps nothing of its last value
        own_atom = static_cast<int>(form().atoms.size());
        form().atoms.push_back({AtomKind::kState, binding_.variables[v].keeps, trace, true});
      }
      if (own != 0) add({own, {own_atom}}, static_cast<int>(v), 1, context_.ticks);
    }
    return std::move(needed_);
  }

 private:
  void add(const Product& product, int target, double factor, std::int64_t ticks) {
    Needed needed{.target = target, .scale = product.scale * factor, .ticks = ticks};
    std::vector<int> post;
    bool needs_value = false;
    const auto has = [&](AtomKind kind) {
      return std::ranges::any_of(product.atoms, [&](int index) { return form().atom(index).kind == kind; });
    };
    if (has(AtomKind::kSignal) || has(AtomKind::kTaught)) needed.ticks = std::min(ticks, context_.window);
    for (const int index : product.atoms) {
      const Atom& atom = form().atom(index);
      switch (atom.kind) {
        case AtomKind::kPre:
          if (context_.spikes_arrive && engine_.source.spike) {
            needed.source_spike = true;
            break;
          }
          needed.source.push_back(index);
          break;
        case AtomKind::kPreSpike:
        case AtomKind::kSourceTrace:
        case AtomKind::kSourceValue: needed.source.push_back(index); break;
        case AtomKind::kReward: ++needed.rewards; break;
        case AtomKind::kWeight: needed.variables.push_back(0); break;
        case AtomKind::kState: needed.variables.push_back(variable_of(atom.trace)); break;
        case AtomKind::kUnreadable:
          lack("a number of more than one owner that is no sum of products", atom.words, reads(needed.ticks),
               "a synapse and tick");
          break;
        case AtomKind::kTaught:
          if (has(AtomKind::kSignal)) break;  // which is 0 where it is
          [[fallthrough]];
        default: post.push_back(index); needs_value = needs_value || !has_own_access(index);
      }
    }
    place(needed, post, needs_value && takes(engine_.target, AccessSource::kValue));
  }

  /// Target atoms are read one by one, or together as a value that the neuron computes.
  void place(Needed& needed, const std::vector<int>& post, bool together) {
    if (together) {
      needed.value = {{needed.scale, post}};
      for (Needed& earlier : needed_) {
        if (earlier.value.empty() || earlier.key() != needed.key()) continue;
        earlier.value.push_back(needed.value.front());
        earlier.ticks = std::max(earlier.ticks, needed.ticks);
        return;
      }
      needed_.push_back(std::move(needed));
      return;
    }
    for (const int index : post) {
      if (form().atom(index).kind == AtomKind::kSpike && engine_.target.spike) {
        ++needed.target_spikes;
      } else if (has_own_access(index)) {
        needed.target_own.push_back(index);
      } else {
        lack("a value of the target neuron that is no trace of its spikes", form().atom(index).words,
             reads(needed.ticks), "a synapse and tick");
      }
    }
    needed_.push_back(std::move(needed));
  }

  /// True if an access can bring an atom of the target without anything else of it.
  bool has_own_access(int index) {
    const Atom& atom = form().atom(index);
    switch (atom.kind) {
      case AtomKind::kSpike: return engine_.target.spike;
      case AtomKind::kTargetTrace:
        return takes(engine_.target, AccessSource::kSpikes) && is_spike_trace(form(), atom.trace, AtomKind::kSpike);
      case AtomKind::kGain: return takes(engine_.target, AccessSource::kGain);
      case AtomKind::kSignal: return takes(engine_.target, AccessSource::kSignal);
      default: return false;
    }
  }

  SumForm& form() { return binding_.form; }
  void lack(std::string what, const std::string& of, std::int64_t count, std::string each) {
    add_lack(binding_.lacks, std::move(what), of, count, std::move(each));
  }
  std::int64_t reads(std::int64_t ticks) const { return context_.synapses * ticks; }
  int variable_of(int trace) const {
    const auto found = std::ranges::find(binding_.variables, trace, &BoundVariable::trace);
    return static_cast<int>(found - binding_.variables.begin());
  }

  Binding& binding_;
  const EngineSpec& engine_;
  const BindingContext& context_;
  std::vector<Needed> needed_;
};

}  // namespace

bool takes(const EngineEnd& end, AccessSource source) {
  return std::ranges::any_of(end.accesses, [&](const EngineAccess& access) { return access.takes(source); });
}

void settle_traces(SumForm& form, const EngineSpec& engine, const BindingContext& context) {
  for (std::size_t t = 0; t < form.traces.size(); ++t) {
    SumTrace& trace = form.traces[t];
    const auto index = static_cast<int>(t);
    if (trace.owner != kSourceNeuron) continue;
    if (context.spikes_arrive && takes(engine.source, AccessSource::kSpikes) && is_spike_trace(form, index, AtomKind::kPre))
      continue;
    trace.owner = kSynapseItself;
    for (Atom& atom : form.atoms) {
      if (atom.trace == index) atom.kind = AtomKind::kState;
    }
  }
  // A change at the end of a trial alone is one that the neuron multiplies by 0 in all other ticks.
  if (!form.at_the_end.empty()) {
    const int end = static_cast<int>(form.atoms.size());
    form.atoms.push_back({AtomKind::kTargetValue, "end"});
    for (Product& product : form.at_the_end) product.atoms.push_back(end);
  }
  if (context.summed.empty()) return;
  const auto summed = std::ranges::find(form.traces, context.summed, &SumTrace::name);
  const int error = static_cast<int>(form.atoms.size());
  form.atoms.push_back({AtomKind::kTargetValue, "rate error"});
  form.atoms.push_back({AtomKind::kState, summed->name, static_cast<int>(summed - form.traces.begin()), false});
  form.at_the_end = {{1, {error, error + 1}}};
}

void add_lack(std::vector<Shortfall>& lacks, std::string what, const std::string& of, std::int64_t count, std::string each) {
  for (Shortfall& earlier : lacks) {
    if (earlier.what != what || earlier.each != each) continue;
    if (std::ranges::find(earlier.of, of) == earlier.of.end()) earlier.of.push_back(of);
    earlier.count = std::max(earlier.count, count);
    return;
  }
  lacks.push_back({std::move(what), {of}, count, std::move(each)});
}

std::vector<Needed> needed_products(Binding& binding, const EngineSpec& engine, const BindingContext& context) {
  return Collector(binding, engine, context).collect();
}

}  // namespace locus
