#include "sim/report/memory.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>
#include <variant>

#include <fmt/format.h>
#include <sys/resource.h>

#include "core/protocol/closed_form.h"
#include "core/transport/mailbox/bytes.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/report/text.h"
#include "sim/run/evaluation.h"
#include "sim/run/horizon.h"

namespace locus {

namespace {

/// Of all that is recorded the largest sample, twice: as numbers and as bytes. Of the projections
/// whose traces are recorded besides: three numbers a synapse and trial under Columns, and where
/// each stands in the file.
double recorded_bytes(const Spec& spec, const RuleSpec& rule, TransportKind transport) {
  double largest = 0;
  double bytes = 0;
  for (const RecordSpec& record : spec.records) {
    double values = 1;
    for (const std::int64_t side : sample_shape(spec, record)) values *= static_cast<double>(side);
    if (has_quantity(rule.kind, record.quantity)) largest = std::max(largest, values);
    if (record.quantity != Quantity::kTrace || !has_quantity(rule.kind, record.quantity)) continue;
    double synapses = 1;
    RecordSpec alone = record;
    alone.trial = 0;
    for (const std::int64_t side : sample_shape(spec, alone)) synapses *= static_cast<double>(side);
    bytes += 8 * synapses;
    if (transport == TransportKind::kBatched)
      bytes += 3.0 * scalar_bytes(spec.precision) * spec.training.batch * synapses;
  }
  return bytes + 2 * 8 * largest;
}

/// Synapses that are listed or drawn one by one.
double sparse_synapses(const Topology& topology) {
  double sum = 0;
  for (const Projection& projection : topology.projections) sum += static_cast<double>(projection.entries);
  return sum;
}

bool has_sines(const DrawnTask& drawn) {
  return std::ranges::any_of(drawn.targets,
                             [](const DrawnTargetSpec& target) { return std::holds_alternative<SinesSpec>(target); });
}

/// What the columns transport takes, as its plan says.
void add_plan(const Plan& plan, Drive drive, std::vector<MemoryPart>& parts) {
  double copies = 0;
  double kept = 0;
  for (const ProjectionPlan& projection : plan.projections)
    (projection.copied ? copies : kept) += static_cast<double>(projection.bytes);
  parts.push_back({"what synapses keep in the transport", kept});
  if (copies > 0) parts.push_back({"sparse synapses as threads have them", copies});
  if (plan.tape_bytes > 0) {
    parts.push_back({drive == Drive::kSweep ? "the ticks that a sweep goes back over" : "the ticks of a trial",
                     static_cast<double>(plan.tape_bytes)});
  }
  parts.push_back({"what neurons keep in the transport", static_cast<double>(plan.column_bytes)});
}

}  // namespace

std::vector<MemoryPart> memory_parts(const Spec& spec, const RuleSpec& rule_spec, TransportKind transport, int threads) {
  constexpr double kReported = 8;  // bytes of a number in a copy that is reported
  const double scalar = scalar_bytes(spec.precision);
  const Topology topology = topology_of(spec, Listing::kNone);  // foreseen before it is taken
  const Drive drive = rule(rule_spec.kind).drive;
  const double lanes = spec.training.batch;
  const double ticks = spec.training.ticks;
  const double inputs = topology.sizes.inputs;
  const double neurons = topology.sizes.rate_neurons;
  const double readouts = topology.sizes.readouts;
  const double synapses = static_cast<double>(topology.synapses());

  const auto plastic = static_cast<double>(plastic_onto_rate(topology));
  double feedback = 0;
  for (const Projection& projection : feedback_of(topology, rule_spec))
    feedback += static_cast<double>(projection.size());

  std::vector<MemoryPart> parts;
  parts.push_back({"weights", scalar * (synapses + feedback) + kReported * 2 * synapses});
  const std::int64_t activities = under_way(topology, Layer::kInput) + under_way(topology, Layer::kRate);
  if (activities > 0 && transport == TransportKind::kMailbox)  // of columns the plan says so
    parts.push_back({"what is under way on axons", scalar * lanes * static_cast<double>(activities)});
  parts.push_back({"the trials of a batch", scalar * ticks * lanes * (inputs + readouts)});
  // in the topology 4 + 8 bytes; in what is reported 8
  if (const double sparse = sparse_synapses(topology); sparse > 0)
    parts.push_back({"where sparse synapses go", 20 * sparse});
  if (const auto* drawn = std::get_if<DrawnTask>(&spec.task); drawn != nullptr && has_sines(*drawn))
    parts.push_back({"drawn targets", kReported * ticks * readouts * std::max(drawn->patterns, 1)});
  if (transport == TransportKind::kMailbox) {
    const Learning learning = learning_of(rule_spec, spec.training);
    parts.push_back({"what synapses keep in the mailbox",
                     mailbox_bytes(topology, learning, spec.training.batch, scalar_bytes(spec.precision))});
  }
  if (drive == Drive::kSensitivity) parts.push_back({"sensitivities", scalar * 2 * neurons * plastic * lanes});
  if (transport == TransportKind::kBatched) {
    const Plan plan = plan_of(spec, rule_spec, threads);
    add_plan(plan, drive, parts);
  }
  if (double bytes = recorded_bytes(spec, rule_spec, transport); bytes > 0)
    parts.push_back({"what is recorded", bytes});
  if (spec.training.optimizer.adam) parts.push_back({"the moments of Adam", scalar * 2 * synapses});
  if (spec.training.evaluation && drive != Drive::kNothing) {
    const double abreast = evaluation_lanes(*spec.training.evaluation);
    parts.push_back({"evaluation", scalar * (synapses + abreast * (ticks * (inputs + readouts) + neurons))});
  }
  if (drive == Drive::kSweep && spec.chip) {  // of what is replayed, carried back and told
    parts.push_back({"counts by neuron and lag",
                     scalar * static_cast<double>(learning_of(rule_spec, spec.training).depth) * (inputs + 3 * neurons)});
  }
  return parts;
}

double memory_needed(const Spec& spec, const RuleSpec& rule, TransportKind transport, int threads) {
  double sum = 0;
  for (const MemoryPart& part : memory_parts(spec, rule, transport, threads)) sum += part.bytes;
  return sum;
}

double memory_taken() {
  double pages = 0;  // the process as a whole, then those that are resident
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double memory_there() {
  double there = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) * static_cast<double>(::sysconf(_SC_PAGESIZE));
  // What could be had without pushing others out: memory that is free or can be freed, and swap. In
  // kB.
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

void foresee_memory(const Spec& spec, TransportKind transport, double there, int threads) {
  const Topology topology = topology_of(spec, Listing::kNone);
  double kept = 0;  // weights in the outcomes of rules that have run
  for (const RuleSpec& rule : spec.rules) {
    const double needed = kept + memory_needed(spec, rule, transport, threads);
    if (needed > there) {
      std::vector<MemoryPart> parts = memory_parts(spec, rule, transport, threads);
      parts.push_back({"what the rules before it have learnt", kept});
      const MemoryPart largest = *std::ranges::max_element(parts, {}, &MemoryPart::bytes);
      throw NotEnoughMemory(fmt::format("model {}: rule {} needs at least {} of memory, {} of it for {}; {} can be had",
                                        shorten(spec.name, 40), rule.name, human_bytes(needed),
                                        human_bytes(largest.bytes), largest.what, human_bytes(std::max(there, 0.0))));
    }
    kept += 8.0 * static_cast<double>(topology.synapses());
  }
}

}  // namespace locus
