#include "sim/cli/fit_text.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/json.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

namespace locus {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string_view words(Condition condition) {
  switch (condition) {
    case Condition::kEveryTick: return "u0";
    case Condition::kSourceSpike: return "x0";
    case Condition::kTargetSpike: return "y0";
    case Condition::kTrialEnd: return "end";
  }
  return "";
}

std::string_view words(AccessSource source) {
  switch (source) {
    case AccessSource::kSpikes: return "trace of spikes";
    case AccessSource::kValue: return "value";
    case AccessSource::kGain: return "gain";
    case AccessSource::kSignal: return "signal";
  }
  return "";
}

std::string significant(double number) { return fmt::format("{:.3g}", number); }

/// Two bindings that differ in their projections alone stand once.
bool are_alike(const Binding& a, const Binding& b) {
  const auto text = [](const Binding& binding) {
    std::string all;
    for (const BoundProduct& product : binding.products) all += words(product, binding) + ";";
    for (const BoundAccess& access : binding.source)
      all += access.access + access.reads + significant(access.full_scale) + std::to_string(access.offset);
    for (const BoundAccess& access : binding.target)
      all += access.access + access.reads + significant(access.full_scale) + std::to_string(access.offset);
    for (const BoundVariable& variable : binding.variables)
      all += variable.variable + variable.keeps + significant(variable.full_scale);
    return all;
  };
  return text(a) == text(b);
}

std::string range_words(double full_scale, bool negative, bool assumed) {
  return fmt::format("{}{}{}", negative ? "+-" : "0..", significant(full_scale), assumed ? "?" : "");
}

std::string binding_table(const Binding& binding) {
  TextTable table{.caption = "",
                  .columns = {{"read or kept", Align::kLeft}, {"in"}, {"as"}, {"range"}, {"offset"}, {"step"}},
                  .groups = {},
                  .rows = {}};
  const auto add = [&](const BoundAccess& access, const char* end) {
    table.rows.push_back({access.reads, access.access, fmt::format("{} {}", end, words(access.source)),
                          range_words(access.full_scale, access.least < 0, access.assumed),
                          std::to_string(access.offset), significant(access.step)});
  };
  for (const BoundAccess& access : binding.source) add(access, "source");
  for (const BoundAccess& access : binding.target) add(access, "target");
  for (const BoundVariable& variable : binding.variables)
    table.rows.push_back({variable.keeps, variable.variable, "synapse",
                          range_words(variable.full_scale, variable.least < 0, variable.assumed),
                          std::to_string(variable.offset), significant(variable.step)});
  return render(table);
}

std::string error_words(const Approximation& one) {
  return one.unit == "relative" ? fmt::format("{:.2g}%", 100 * one.error) : fmt::format("{:.3g} {}", one.error, one.unit);
}

std::string approximations_text(const std::vector<Approximation>& all) {
  std::string text;
  for (const Approximation& one : all)
    text += wrap(fmt::format("{}: {}; at most {}", one.what, one.how, error_words(one)), 4, 2);
  return text;
}

std::string binding_text(const Binding& binding, const std::vector<std::string>& projections) {
  std::string text = wrap("onto " + joined(projections) + ", each tick:");
  for (std::size_t k = 0; k < binding.products.size(); ++k)
    text += wrap(fmt::format("{}. {}", k + 1, words(binding.products[k], binding)), 6, 2);
  text += binding_table(binding);
  return text + "Differences:\n" + approximations_text(binding.approximations);
}

std::string lack_json(const Shortfall& lack) {
  std::vector<std::string> of;
  for (const std::string& one : lack.of) of.push_back(json_string(one));
  return json_object({{"what", json_string(lack.what)},
                      {"of", json_list(of)},
                      {"count", std::to_string(lack.count)},
                      {"each", json_string(lack.each)}});
}

std::string approximation_json(const Approximation& one) {
  return json_object({{"what", json_string(one.what)},
                      {"how", json_string(one.how)},
                      {"worst_error", json_number(one.error)},
                      {"unit", json_string(one.unit)}});
}

template <class T, class Write>
std::string list_of(const std::vector<T>& all, Write write) {
  std::vector<std::string> items;
  for (const T& one : all) items.push_back(write(one));
  return json_list(items);
}

std::string access_json(const BoundAccess& access, const char* end) {
  return json_object({{"reads", json_string(access.reads)},
                      {"access", json_string(access.access)},
                      {"end", json_string(end)},
                      {"as", json_string(words(access.source))},
                      {"decay", json_number(access.decay)},
                      {"impulse", json_number(access.impulse)},
                      {"full_scale", json_number(access.full_scale)},
                      {"assumed", json_bool(access.assumed)},
                      {"offset", std::to_string(access.offset)},
                      {"step", json_number(access.step)}});
}

std::string binding_json(const Binding& binding) {
  std::vector<std::string> accesses;
  for (const BoundAccess& access : binding.source) accesses.push_back(access_json(access, "source"));
  for (const BoundAccess& access : binding.target) accesses.push_back(access_json(access, "target"));
  const std::string variables = list_of(binding.variables, [](const BoundVariable& variable) {
    return json_object({{"keeps", json_string(variable.keeps)},
                        {"variable", json_string(variable.variable)},
                        {"full_scale", json_number(variable.full_scale)},
                        {"assumed", json_bool(variable.assumed)},
                        {"offset", std::to_string(variable.offset)},
                        {"step", json_number(variable.step)}});
  });
  const std::string products = list_of(binding.products, [&](const BoundProduct& product) {
    return json_object(
        {{"changes", json_string(binding.variables[static_cast<std::size_t>(product.target)].variable)},
         {"condition", json_string(words(product.condition))},
         {"factors",
          list_of(product.factors, [&](const BoundFactor& factor) { return json_string(binding.name_of(factor)); })},
         {"scale", json_number(product.exact)},
         {"mantissa", std::to_string(product.mantissa)},
         {"exponent", std::to_string(product.exponent)},
         {"relative_error", json_number(product.error())}});
  });
  return json_object(
      {{"projections", list_of(binding.projections, [](const std::string& name) { return json_string(name); })},
       {"accesses", json_list(accesses)},
       {"variables", variables},
       {"products", products},
       {"lacks", list_of(binding.lacks, lack_json)},
       {"approximations", list_of(binding.approximations, approximation_json)}});
}

}  // namespace

std::string words(const BoundProduct& product, const Binding& binding) {
  const std::string& target = binding.variables[static_cast<std::size_t>(product.target)].variable;
  std::string text =
      fmt::format("{} += {}*2^{} * {}", target, product.mantissa, product.exponent, words(product.condition));
  for (const BoundFactor& factor : product.factors) text += " * " + binding.name_of(factor);
  return text;
}

std::string text_of(const Fit& fit) {
  std::string text = wrap(fmt::format("{} {} {}{}", fit.rule, fit.fits ? "fits" : "does not fit", fit.engine,
                                      !fit.fits             ? "; it lacks:"
                                      : fit.gives_up_delays ? ", where delays are given up"
                                                            : ""));
  for (const Shortfall& lack : fit.lacks)
    text += wrap(
        fmt::format("{} ({}): {}, one {}", lack.what, joined(lack.of), human(static_cast<double>(lack.count)), lack.each),
        4, 2);
  if (fit.fits) {
    text += wrap(fmt::format("{} neurons, {} synapses of {} bits: at least {} core{}",
                             human(static_cast<double>(fit.room.neurons)), human(static_cast<double>(fit.room.synapses)),
                             fit.room.synapse_bits, fit.room.cores, fit.room.cores == 1 ? "" : "s"),
                 2, 2);
    text += approximations_text(fit.approximations);
    std::vector<bool> told(fit.bindings.size(), false);
    for (std::size_t b = 0; b < fit.bindings.size(); ++b) {
      if (told[b]) continue;
      std::vector<std::string> projections;
      for (std::size_t other = b; other < fit.bindings.size(); ++other) {
        if (told[other] || !are_alike(fit.bindings[b], fit.bindings[other])) continue;
        told[other] = true;
        projections.insert(projections.end(), fit.bindings[other].projections.begin(),
                           fit.bindings[other].projections.end());
      }
      text += "\n" + binding_text(fit.bindings[b], projections);
    }
  }
  return text;
}

std::string text_of(const EngineRun& run) {
  const std::size_t updates = run.exact.size();
  const std::size_t rows = std::min<std::size_t>(updates, 10);
  TextTable table{.caption = "mean loss, trials one at a time",
                  .columns = {{"updates", Align::kLeft}, {run.fit.rule}, {"on " + run.fit.engine}},
                  .groups = {},
                  .rows = {}};
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t begin = row * updates / rows;
    const std::size_t end = (row + 1) * updates / rows;
    const auto mean = [&](const std::vector<double>& losses) {
      double sum = 0;
      for (std::size_t k = begin; k < end; ++k) sum += losses[k];
      return human_loss(sum / static_cast<double>(end - begin));
    };
    table.rows.push_back({fmt::format("{} to {}", begin + 1, end), mean(run.exact), mean(run.engine)});
  }
  return render(table);
}

std::string json_of(const EngineRun& run, const std::string& model) {
  const auto number = [](double loss) { return json_number(loss); };
  return json_object({{"model", json_string(model)},
                      {"rule", json_string(run.fit.rule)},
                      {"engine", json_string(run.fit.engine)},
                      {"exact", list_of(run.exact, number)},
                      {"on_engine", list_of(run.engine, number)}});
}

std::string json_of(const Fit& fit, const std::string& model) {
  return json_object({{"model", json_string(model)},
                      {"rule", json_string(fit.rule)},
                      {"engine", json_string(fit.engine)},
                      {"fits", json_bool(fit.fits)},
                      {"gives_up_delays", json_bool(fit.gives_up_delays)},
                      {"cores", std::to_string(fit.room.cores)},
                      {"synapse_bits", std::to_string(fit.room.synapse_bits)},
                      {"lacks", list_of(fit.lacks, lack_json)},
                      {"approximations", list_of(fit.approximations, approximation_json)},
                      {"bindings", list_of(fit.bindings, binding_json)}});
}

}  // namespace locus
