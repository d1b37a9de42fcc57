#include "sim/report/core_memory_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "sim/place/core_memory.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

namespace locus {

std::string core_memory_table(const Spec& spec, const Topology& topology) {
  const MemoryBits bits = memory_bits_of(spec);
  const Placement placement = place_on_chip(*spec.chip, topology);
  TextTable table;
  table.caption = "MEMORY OF THE FULLEST CORE";
  table.columns = {
      {"rule", Align::kLeft}, {"core"}, {"weights"}, {"learning"}, {"traces"}, {"history"}, {"tables"}, {"all"},
      {"all cores"}};
  for (const RuleSpec& rule : spec.rules) {
    const std::vector<CoreMemory> memories = core_memories(spec, topology, placement, rule);
    std::int64_t sum = 0;
    for (std::size_t p = 1; p < memories.size(); ++p) sum += bits_of(memories[p], bits);
    const CoreMemory& most = fullest_core(memories, bits);
    const auto bytes = [](std::int64_t of) { return human_bytes(static_cast<double>(of) / 8); };
    table.name_columns = std::max(table.name_columns, width(rule.name));
    table.rows.push_back({rule.name, std::to_string(most.place), bytes(bits_of_weights(most, bits)),
                          bytes(bits.scalar * (most.changes + most.means)), bytes(bits_of_traces(most, bits)),
                          bytes(bits_of_history(most, bits)),
                          bytes(bits.address * (most.sources + most.axons_in + most.axons_out)),
                          bytes(bits_of(most, bits)), bytes(sum)});
  }
  std::string narrow = topology.has_spikes() ? ", spikes of 1" : "";
  if (bits.weight > 0) narrow += fmt::format(", weights of {}", bits.weight);
  if (bits.trace > 0) narrow += fmt::format(", traces of {}", bits.trace);
  return render(table) +
         wrap(fmt::format("scalars of {} bits{}; learning: changes that wait for the end of a batch, and the "
                          "optimizer's means; tables: {} bits for each source of a sparse synapse, for each "
                          "neuron elsewhere whose activity or feedback comes in, and for each core to which "
                          "an own neuron sends",
                          bits.scalar, narrow, bits.address),
              2, 0);
}

}  // namespace locus
