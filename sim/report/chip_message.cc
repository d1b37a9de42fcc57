#include "sim/report/chip_message.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/protocol/stream.h"
#include "sim/model/cost.h"
#include "sim/model/read_chip.h"
#include "sim/report/network_message.h"

namespace locus {
namespace {

void fill(const Load& from, v1::ChipRun::Load& to) {
  to.set_from(from.from);
  to.set_to(from.to);
  to.set_packets(from.packets);
}

void fill_loads(const ChipTraffic& from, v1::ChipRun& to) {
  for (const Load& load : from.pairs) fill(load, *to.add_pairs());
  for (const Load& load : from.links) fill(load, *to.add_links());
  if (const Load* pair = busiest(from.pairs)) fill(*pair, *to.mutable_busiest_pair());
  if (const Load* link = busiest(from.links)) fill(*link, *to.mutable_busiest_link());
  fill_peaks(from.peak, from.loads, to);
}

void fill_energy(const ChipTraffic& traffic, const Estimate& from, const CostSpec& cost, v1::ChipRun::Energy& to) {
  to.set_chip(cost.name);
  for (std::size_t c = 0; c < kCharges; ++c) {
    v1::ChipRun::Energy::Term& term = *to.add_terms();
    term.set_charge(std::string(name(static_cast<Charge>(c))));
    term.set_count(traffic.charges[c].all);
    term.set_busiest(traffic.charges[c].busiest);
    term.set_picojoules(from.energy[c]);
    term.set_nanoseconds(from.time[c]);
  }
  to.set_picojoules(from.total_energy);
  if (cost.has_range()) {
    to.set_low_picojoules(from.low_energy);
    to.set_high_picojoules(from.high_energy);
  }
  to.set_nanoseconds(from.total_time);
}

void fill_counts(const Traffic& from, v1::ChipRun& to) {
  for (const StreamRow& stream : kStreamTable) {
    for (std::int32_t lag = 0; lag <= from.largest_lag(); ++lag) {
      const auto messages = from.messages(stream.stream, lag);
      if (std::ranges::all_of(messages, [](std::int64_t count) { return count == 0; })) continue;
      v1::ChipRun::Count& count = *to.add_counts();
      count.set_stream(std::string(stream.name));
      count.set_lag(lag);
      const bool same = std::ranges::all_of(messages, [&](std::int64_t own) { return own == messages.front(); });
      for (const std::int64_t own : messages.first(same ? 1 : messages.size())) count.add_messages(own);
    }
  }
}

v1::Wires::Block block_of(const Projection& wires) {
  if (wires.source_layer == Layer::kInput) return wires.target_layer == Layer::kReadout ? v1::Wires::D : v1::Wires::B;
  if (wires.source_layer == Layer::kReadout) return v1::Wires::R;
  return wires.target_layer == Layer::kReadout ? v1::Wires::A : v1::Wires::W;
}

v1::Chip::Placement placement_of(PlacementPolicy policy) {
  v1::Chip::Placement spelled = v1::Chip::BLOCK;
  CHECK(v1::Chip::Placement_Parse(std::string(name(policy)), &spelled), "model.proto knows every policy");
  return spelled;
}

}  // namespace

v1::Ledger::Channel channel_of(Channel channel) {
  v1::Ledger::Channel spelled = v1::Ledger::CHANNEL_UNSPECIFIED;
  CHECK(v1::Ledger::Channel_Parse(std::string(name(channel)), &spelled), "result.proto knows every channel");
  return spelled;
}

void fill(const Outcome& outcome, const ChipOutcome& from, const CostSpec* cost, v1::ChipRun& to) {
  const ChipTraffic& report = from.report;
  to.set_cores(report.placement.mesh.cores());
  to.set_policy(std::string(name(report.placement.policy)));
  for (const ChipEntry& entry : report.entries) {
    v1::ChipRun::Entry& written = *to.add_entries();
    written.set_channel(channel_of(entry.channel));
    written.set_lag(entry.lag);
    written.set_on_core(entry.counts.on_core);
    written.set_packets(entry.counts.packets);
    written.set_unicast_packets(entry.counts.unicast_packets);
    written.set_hops(entry.counts.hops);
    written.set_unicast_hops(entry.counts.unicast_hops);
    written.set_tree_hops(entry.counts.tree_hops);
  }
  to.set_on_core(report.total.on_core);
  to.set_packets(report.total.packets);
  to.set_forward_packets(report.forward_packets);
  to.set_unicast_packets(report.total.unicast_packets);
  to.set_hops(report.total.hops);
  to.set_unicast_hops(report.total.unicast_hops);
  to.set_tree_hops(report.total.tree_hops);
  fill_loads(report, to);
  if (from.estimate && cost != nullptr) fill_energy(report, *from.estimate, *cost, *to.mutable_energy());
  to.mutable_core_of()->Add(report.placement.rate.begin(), report.placement.rate.end());
  to.mutable_core_of()->Add(report.placement.readout.begin(), report.placement.readout.end());
  to.set_kind(std::string(rule(outcome.kind).name));
  for (const Projection& wires : from.feedback) *to.add_feedback() = message_of(wires);
  fill_counts(from.traffic, to);
  if (from.network) fill(*from.network, *to.mutable_network());
}

v1::Wires message_of(const Projection& from) {
  v1::Wires to;
  to.set_block(block_of(from));
  to.set_source_begin(from.source_begin);
  to.set_sources(from.source_size);
  to.set_target_begin(from.target_begin);
  to.set_targets(from.target_size);
  to.set_plastic(from.plastic);
  to.set_dense(from.dense);
  to.set_bias(from.is_bias);
  if (from.hollow) {
    from.each([&](std::int32_t source, std::int32_t target) {
      to.add_source(source);
      to.add_target(target);
    });
  } else if (!from.dense) {
    to.mutable_source()->Resize(static_cast<int>(from.size()), 0);
    to.mutable_target()->Resize(static_cast<int>(from.size()), 0);
    from.each_place([&](std::int64_t place, std::int64_t, std::int32_t target, std::int32_t source) {
      to.set_source(static_cast<int>(place), from.source_begin + source);
      to.set_target(static_cast<int>(place), from.target_begin + target);
    });
  }
  return to;
}

Projection ends_of(const v1::Wires& from) {
  const bool onto_readouts = from.block() == v1::Wires::A || from.block() == v1::Wires::D;
  const Layer source = from.block() == v1::Wires::B || from.block() == v1::Wires::D ? Layer::kInput
                       : from.block() == v1::Wires::R                               ? Layer::kReadout
                                                                                    : Layer::kRate;
  return {.name = {},
          .source_layer = source,
          .target_layer = onto_readouts ? Layer::kReadout : Layer::kRate,
          .source_begin = from.source_begin(),
          .source_size = from.sources(),
          .target_begin = from.target_begin(),
          .target_size = from.targets(),
          .dense = from.dense(),
          .plastic = from.plastic(),
          .is_bias = from.bias()};
}

void fill_chip(const RunResult& from, v1::Result& to) {
  const ChipSpec& chip = *from.chip;
  v1::Chip& message = *to.mutable_chip();
  message.mutable_mesh()->set_width(chip.width);
  message.mutable_mesh()->set_height(chip.height);
  message.set_neurons_per_core(chip.neurons_per_core);
  message.set_placement(placement_of(chip.policy));
  message.mutable_cores()->Add(chip.cores.begin(), chip.cores.end());
  if (chip.synapses_per_core) message.set_synapses_per_core(*chip.synapses_per_core);
  if (chip.agent_core) message.set_agent_core(*chip.agent_core);
  if (chip.memory != ChipMemorySpec{}) fill(chip.memory, *message.mutable_memory());
  if (chip.network) fill(*chip.network, *message.mutable_network());
  if (chip.cost) {
    v1::Cost& cost = *to.mutable_cost();
    cost.set_name(chip.cost->name);
    cost.set_source(chip.cost->source);
    cost.set_measured_on(chip.cost->measured_on);
    for (std::size_t c = 0; c < kCharges; ++c) {
      const auto* field = cost.GetDescriptor()->FindFieldByName(std::string(name(static_cast<Charge>(c))));
      CHECK(field != nullptr, "cost.proto knows every charge");
      auto& charge = dynamic_cast<v1::Cost::Charge&>(*cost.GetReflection()->MutableMessage(&cost, field));
      charge.set_energy(chip.cost->energy[c]);
      charge.set_time(chip.cost->time[c]);
      if (chip.cost->low[c]) charge.set_low(*chip.cost->low[c]);
      if (chip.cost->high[c]) charge.set_high(*chip.cost->high[c]);
    }
  }
  v1::Wiring& wiring = *to.mutable_wiring();
  wiring.set_inputs(from.topology.input_neurons());
  wiring.set_rate_neurons(from.topology.sizes.rate_neurons);
  wiring.set_readouts(from.topology.sizes.readouts);
  for (const Projection& wires : from.topology.projections) *wiring.add_projections() = message_of(wires);
}

ChipSpec chip_of(const v1::Result& from) {
  ChipSpec chip = chip_of(from.chip());
  if (!from.has_cost()) return chip;
  CostSpec& cost = chip.cost.emplace();
  cost.name = from.cost().name();
  cost.source = from.cost().source();
  cost.measured_on = from.cost().measured_on();
  for (std::size_t c = 0; c < kCharges; ++c) {
    const auto* field = from.cost().GetDescriptor()->FindFieldByName(std::string(name(static_cast<Charge>(c))));
    CHECK(field != nullptr, "cost.proto knows every charge");
    const auto& charge =
        dynamic_cast<const v1::Cost::Charge&>(from.cost().GetReflection()->GetMessage(from.cost(), field));
    cost.energy[c] = charge.energy();
    cost.time[c] = charge.time();
    if (charge.has_low()) cost.low[c] = charge.low();
    if (charge.has_high()) cost.high[c] = charge.high();
  }
  return chip;
}

}  // namespace locus
