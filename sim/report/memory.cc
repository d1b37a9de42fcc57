#include "sim/report/memory.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

#include <fmt/format.h>
#include <sys/resource.h>

#include "sim/model/network_size.h"
#include "sim/report/forecast.h"
#include "sim/report/text.h"
#include "sim/run/train.h"

namespace locus {

double memory_needed(const Spec& spec, const RuleSpec& rule_spec, TransportKind transport) {
  constexpr double kReported = 8;  // bytes of a number in a copy that is reported
  const double scalar = scalar_bytes(spec.precision);
  const NetworkShape shape = shape_of(spec.network, rule_spec);
  const Drive drive = rule(rule_spec.kind).drive;
  const double lanes = spec.training.batch;
  const double ticks = spec.training.ticks;
  const double inputs = static_cast<double>(shape.inputs);
  const double neurons = static_cast<double>(shape.rate_neurons);
  const double readouts = static_cast<double>(shape.readouts);
  const double synapses = static_cast<double>(shape.input_synapses + shape.recurrent_synapses + shape.readout_synapses);

  double scalars = synapses + static_cast<double>(shape.feedback_synapses);  // the network's
  scalars += ticks * lanes * (inputs + readouts);                            // a batch
  if (transport == TransportKind::kMailbox)
    scalars += synapses * (3 * lanes + 4 / scalar);  // pre, trace, change; where it stands in its target's list
  if (drive == Drive::kSensitivity) scalars += 2 * neurons * static_cast<double>(shape.plastic()) * lanes;
  if (drive == Drive::kSweep && transport == TransportKind::kBatched) scalars += ticks * lanes * (inputs + 3 * neurons);
  const bool events = (has_spikes(spec.network) || has_memory(spec.network)) && drive != Drive::kNothing;
  if (events && transport == TransportKind::kBatched) {  // tapes, what an event is worth, and the changes that wait
    scalars += ticks * lanes * (inputs + (drive == Drive::kSweep ? 1 : 4) * neurons + 2 * readouts) + synapses;
  }
  if (events && transport == TransportKind::kMailbox) scalars += 3 * lanes * static_cast<double>(shape.plastic());
  if (spec.training.optimizer.adam) scalars += 2 * synapses;
  if (drive == Drive::kSweep && spec.chip) {  // counts by neuron and lag: of what is replayed, carried back and told
    scalars += static_cast<double>(learning_of(rule_spec, spec.training).depth) * (inputs + 3 * neurons);
  }
  return scalar * scalars + kReported * 2 * synapses;  // copies of the weights, before and after
}

double memory_there() {
  double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  // What could be had without pushing others out: memory that is free or can be freed, and swap. In kB.
  double free = 0;
  std::ifstream system("/proc/meminfo");
  for (std::string line; std::getline(system, line);) {
    std::istringstream words(line);
    std::string key;
    double kilobytes = 0;
    if (words >> key >> kilobytes && (key == "MemAvailable:" || key == "SwapFree:")) free += 1024 * kilobytes;
  }
  if (free > 0) there = free;
  double group = 0;  // of the control group that a container is; "max" where it has no limit
  if (std::ifstream("/sys/fs/cgroup/memory.max") >> group) there = std::min(there, group);
  rlimit limit = {};
  const bool limited = ::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  return limited ? std::min(there, static_cast<double>(limit.rlim_cur)) : there;
}

void foresee_memory(const Spec& spec, TransportKind transport, double there) {
  double kept = 0;  // weights in the outcomes of rules that have run
  for (const RuleSpec& rule : spec.rules) {
    const NetworkShape shape = shape_of(spec.network, rule);
    const double needed = kept + memory_needed(spec, rule, transport);
    if (needed > there) {
      throw NotEnoughMemory(fmt::format("model {}: rule {} needs at least {} of memory; {} can be had",
                                        shorten(spec.name, 40), rule.name, human_bytes(needed), human_bytes(there)));
    }
    kept += 8.0 * static_cast<double>(shape.input_synapses + shape.recurrent_synapses + shape.readout_synapses);
  }
}

}  // namespace locus
