// Any bytes as the text of a local rule, line by line: "c NAME" a constant, "s EXPRESSION" a trace
// of the synapse, "x" of the source, "y" of the target, "+" a change, "f" the signal feedback, "r"
// rewards. Faults are the normal result; the fuzzer looks for a crash, a sanitiser's report,
// unbounded time, and a rule whose tiles and evaluator give different numbers.
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/actor/local_synapse.h"
#include "core/kernel/tile.h"

namespace locus {
namespace {

LocalText text_of(std::string_view bytes) {
  LocalText text;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\n'), bytes.size());
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
    if (line.size() < 2) continue;
    const std::string rest(line.substr(2));
    const std::string name = "t" + std::to_string(text.traces.size());
    switch (line[0]) {
      case 'c': text.constants.push_back({rest, 0.5}); break;
      case 's': text.traces.push_back({name, rest, TraceAt::kSynapse}); break;
      case 'x': text.traces.push_back({name, rest, TraceAt::kSource}); break;
      case 'y': text.traces.push_back({name, rest, TraceAt::kTarget}); break;
      case 'f': text.signal = LocalSignal::kFeedback; break;
      case 'r': text.signal = LocalSignal::kReward; break;
      default: text.changes.push_back({rest, static_cast<ChangeOn>(static_cast<unsigned char>(line[0]) % 5)}); break;
    }
  }
  return text;
}

/// One synapse, by both.
void compare(const LocalRule& rule) {
  const double weight = 0.25, pre = -0.75;
  double delta = 0;
  std::vector<double> traces(rule.traces.size() + 1, 0.125);
  LocalPost<double> post{};
  for (std::size_t k = 0; k < rule.payload.size(); ++k) post.factors[k] = 0.5 - static_cast<double>(k);
  std::vector<double> tiles = traces;
  on(LocalSynapse<double>{weight, pre, traces.data(), delta}, post, LocalClock<double>{rule, 0.5, 0.25, 2, 1, 10});

  const TileProgram program(rule, 1, 10);
  TileRunner<double> runner(program);
  TileColumns<double> columns;
  const double leak = 0.5, decay = 0.25, drive = 2;
  double tiled = 0;
  columns.synapses = 1;
  columns.pre = &pre;
  columns.weight = &weight;
  std::vector<double> shared(2 * rule.traces.size() + 2, 0.125);
  for (std::size_t t = 0; t < rule.traces.size(); ++t) {
    columns.traces[t] = rule.traces[t].at == TraceAt::kTarget ? nullptr : &tiles[t];
    columns.shared[t] = &shared[2 * t];
  }
  for (std::size_t k = 0; k < rule.payload.size(); ++k) columns.payload[k] = &post.factors[k];
  columns.constants = {&leak, &decay, &drive};
  columns.delta = &tiled;
  runner.run(columns);
  const auto same = [](double a, double b) { return a == b || (a != a && b != b); };
  for (std::size_t t = 0; t < rule.traces.size(); ++t) {
    const double tile = rule.traces[t].is_shared ? shared[2 * t] : tiles[t];
    if (rule.traces[t].at != TraceAt::kTarget && !same(traces[t], tile)) std::abort();
  }
  if (!same(delta, tiled)) std::abort();

  const TileProgram end_program(rule, 1, 10, RuleMoment::kEnd);
  TileRunner<double> end_runner(end_program);
  columns.payload = {};
  for (std::size_t k = 0; k < rule.end_payload.size(); ++k) columns.payload[k] = &post.factors[k];
  for (std::size_t k = 0; k < rule.end_payload.size(); ++k) post.factors[k] = 0.5 - static_cast<double>(k);
  end_runner.run(columns);
  on_end(LocalSynapse<double>{weight, pre, traces.data(), delta}, post, LocalClock<double>{rule, 0.5, 0.25, 2, 1, 10});
  if (!same(delta, tiled)) std::abort();
}

}  // namespace
}  // namespace locus

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const locus::LocalText text = locus::text_of({reinterpret_cast<const char*>(data), size});
  const locus::Compiled compiled = locus::compile_local(text);
  if (compiled.rule.has_value() != compiled.faults.empty()) std::abort();
  if (!compiled.rule) return 0;
  for (const std::int32_t change : compiled.rule->changes) {
    if (compiled.rule->words(change).empty()) std::abort();
  }
  locus::compare(*compiled.rule);
  return 0;
}
