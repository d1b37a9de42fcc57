#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "core/base/check.h"
#include "locus/v1/perfetto.pb.h"
#include "sim/report/trace_file.h"

namespace locus {
namespace {

using v1::perfetto::TrackEvent;

// ns of a message, from sending to handling
constexpr std::uint64_t kMessage = 1000;
constexpr std::uint64_t kSent = 400;         // ns from its start to the end of sending
constexpr std::uint64_t kArrives = 500;      // ns from its start to its arrival
constexpr std::uint64_t kHandled = 900;      // ns from its start to the end of handling
constexpr std::int64_t kMostFlows = 10'000;  // of a rule; more of them hide what they show
constexpr std::uint64_t kTracksOfRule = std::uint64_t{1} << 32;

/// The part of one rule. The time of a rule begins where that of the previous one ends.
class RuleTrace {
 public:
  RuleTrace(const Spec& spec, const Outcome& outcome, std::uint64_t number, v1::perfetto::Trace& out)
      : spec_(spec), outcome_(outcome), first_track_((number + 1) * kTracksOfRule), out_(out) {}

  /// Writes the rule's messages from time `begin` on; returns the time of their end.
  std::uint64_t write(std::uint64_t begin) {
    describe_tracks();
    count_flows();
    now_ = begin;
    const std::vector<TracedMessage>& messages = outcome_.trace->messages;
    for (std::size_t k = 0; k < messages.size(); ++k) {
      const bool new_tick = k == 0 || messages[k].run_tick != messages[k - 1].run_tick;
      const bool new_delivery = new_tick || messages[k].passing.delivery != messages[k - 1].passing.delivery;
      if (k > 0 && new_delivery) end_slice(ticks());
      if (k > 0 && new_tick) end_slice(ticks());
      if (new_tick) begin_slice(ticks(), fmt::format("tick {}", messages[k].run_tick));
      if (new_tick) count_cycles(messages[k].run_tick);
      if (new_delivery) begin_slice(ticks(), delivery_name(messages[k].passing));
      write_message(messages[k]);
      now_ += kMessage;
    }
    if (!messages.empty()) {
      end_slice(ticks());
      end_slice(ticks());
    }
    mark_limit();
    return now_;
  }

 private:
  std::uint64_t process() const { return first_track_; }
  std::uint64_t ticks() const { return first_track_ + 1; }
  std::uint64_t track_of(std::int32_t place) const {
    return first_track_ + 3 + static_cast<std::uint64_t>(place);
  }  // kHost: 2
  std::uint64_t counter(std::size_t k) const { return first_track_ + kTracksOfRule / 2 + k; }

  /// Says that messages are left out, and from which tick on.
  void mark_limit() {
    const Trace& trace = *outcome_.trace;
    if (trace.left_out == 0) return;
    TrackEvent& instant = event(TrackEvent::TYPE_INSTANT, ticks(), 0);
    instant.set_name("LEFT_OUT");
    note(instant, "messages", trace.left_out);
    note(instant, "tick", trace.left_out_from);
  }

  const NetworkFigures* replay() const {
    return outcome_.chip && outcome_.chip->network ? &*outcome_.chip->network : nullptr;
  }

  /// The counters of the mesh at a tick: the needs of its tick of a trial in the mean over all
  /// replayed trials, and the longest queue in any of them.
  void count_cycles(std::int64_t run_tick) {
    if (replay() == nullptr || replay()->trials == 0) return;
    const auto tick = static_cast<std::int32_t>((run_tick - 1) % spec_.training.ticks) + 1;
    const auto found = std::ranges::find(replay()->ticks, tick, &NetworkTick::tick);
    const NetworkTick met = found == replay()->ticks.end() ? NetworkTick{} : *found;
    const auto trials = static_cast<double>(replay()->trials);
    const double values[] = {static_cast<double>(met.forward_cycles) / trials,
                             static_cast<double>(met.learning_cycles) / trials,
                             met.packets > 0 ? static_cast<double>(met.latency) / static_cast<double>(met.packets) : 0,
                             static_cast<double>(met.peak_queue)};
    for (std::size_t k = 0; k < std::size(values); ++k)
      event(TrackEvent::TYPE_COUNTER, counter(k), 0).set_double_counter_value(values[k]);
  }

  static std::string delivery_name(const Passing& passing) {
    return passing.lag == 0 ? std::string(name(passing.channel))
                            : fmt::format("{} lag {}", name(passing.channel), passing.lag);
  }

  void describe_tracks() {
    auto& process_track = *out_.add_packet()->mutable_track_descriptor();
    process_track.set_uuid(process());
    process_track.mutable_process()->set_pid(static_cast<std::int32_t>(first_track_ / kTracksOfRule));
    process_track.mutable_process()->set_process_name(fmt::format("{}: {}", spec_.name, outcome_.rule));
    const auto child = [&](std::uint64_t uuid, const std::string& said) {
      auto& track = *out_.add_packet()->mutable_track_descriptor();
      track.set_uuid(uuid);
      track.set_parent_uuid(process());
      track.set_name(said);
    };
    child(ticks(), "ticks");
    std::set<std::int32_t> places;
    for (const TracedMessage& m : outcome_.trace->messages) {
      places.insert(place_of(outcome_, spec_.network, m.from));
      places.insert(place_of(outcome_, spec_.network, m.to));
    }
    for (const std::int32_t place : places) child(track_of(place), place_name(place));
    if (replay() == nullptr) return;
    constexpr std::array<std::array<const char*, 2>, 4> kCounters = {{{"mesh: forward", "cycles"},
                                                                      {"mesh: learning", "cycles"},
                                                                      {"mesh: mean latency", "cycles"},
                                                                      {"mesh: longest queue", "flits"}}};
    for (std::size_t k = 0; k < kCounters.size(); ++k) {
      child(counter(k), kCounters[k][0]);
      auto& described = *out_.mutable_packet()->rbegin()->mutable_track_descriptor();
      described.mutable_counter()->set_unit_name(kCounters[k][1]);
    }
  }

  void count_flows() {
    std::int64_t moving = 0;
    for (const TracedMessage& m : outcome_.trace->messages) {
      moving += place_of(outcome_, spec_.network, m.from) != place_of(outcome_, spec_.network, m.to) ? 1 : 0;
    }
    every_ = std::max<std::int64_t>(1, (moving + kMostFlows - 1) / kMostFlows);
  }

  TrackEvent& event(TrackEvent::Type type, std::uint64_t track, std::uint64_t after) {
    auto& packet = *out_.add_packet();
    packet.set_timestamp(now_ + after);
    packet.set_trusted_packet_sequence_id(1);
    packet.mutable_track_event()->set_type(type);
    packet.mutable_track_event()->set_track_uuid(track);
    return *packet.mutable_track_event();
  }
  TrackEvent& begin_slice(std::uint64_t track, const std::string& said, std::uint64_t after = 0) {
    TrackEvent& begun = event(TrackEvent::TYPE_SLICE_BEGIN, track, after);
    begun.set_name(said);
    return begun;
  }
  void end_slice(std::uint64_t track, std::uint64_t after = 0) { event(TrackEvent::TYPE_SLICE_END, track, after); }

  static void note(TrackEvent& event, const std::string& key, const std::string& value) {
    auto& annotation = *event.add_debug_annotations();
    annotation.set_name(key);
    annotation.set_string_value(value);
  }
  static void note(TrackEvent& event, const std::string& key, std::int64_t value) {
    auto& annotation = *event.add_debug_annotations();
    annotation.set_name(key);
    annotation.set_int_value(value);
  }

  void write_message(const TracedMessage& m) {
    const std::int32_t from = place_of(outcome_, spec_.network, m.from);
    const std::int32_t to = place_of(outcome_, spec_.network, m.to);
    const std::string said = delivery_name(m.passing);
    const bool moves = from != to;
    const bool flows = moves && moved_++ % every_ == 0;
    const std::uint64_t flow = first_track_ + static_cast<std::uint64_t>(moved_);
    if (moves) {
      TrackEvent& sent = begin_slice(track_of(from), "send " + said);
      if (flows) sent.add_flow_ids(flow);
      end_slice(track_of(from), kSent);
    }
    TrackEvent& handled = begin_slice(track_of(to), said, moves ? kArrives : 0);
    if (flows) handled.add_terminating_flow_ids(flow);
    note(handled, "from", name_of(spec_.network, m.from));
    note(handled, "to", name_of(spec_.network, m.to));
    note(handled, "replica", m.passing.lane.value);
    note(handled, "scalars", m.passing.scalars);
    const Violation broken = violation(m.passing.channel, m.passing.lag, outcome_.ledger.is_core_local(m.passing.channel));
    if (broken.any()) {
      TrackEvent& instant = event(TrackEvent::TYPE_INSTANT, track_of(to), kArrives);
      instant.set_name("violation");
      instant.add_categories("locality");
      note(instant, "spatial", broken.spatial ? 1 : 0);
      note(instant, "temporal", broken.temporal ? 1 : 0);
      note(instant, "channel", std::string(name(m.passing.channel)));
      note(instant, "lag", m.passing.lag);
      note(instant, "from", name_of(spec_.network, m.from));
      note(instant, "to", name_of(spec_.network, m.to));
    }
    end_slice(track_of(to), kHandled);
  }

  const Spec& spec_;
  const Outcome& outcome_;
  std::uint64_t first_track_;
  v1::perfetto::Trace& out_;
  std::uint64_t now_ = 0;
  // a flow is drawn for one in `every_` messages between cores
  std::int64_t every_ = 1;
  std::int64_t moved_ = 0;
};

}  // namespace

std::string trace_perfetto(const Spec& spec, const RunResult& result) {
  v1::perfetto::Trace trace;
  std::uint64_t now = 0;
  for (std::size_t r = 0; r < result.outcomes.size(); ++r) {
    if (result.outcomes[r].trace) now = RuleTrace(spec, result.outcomes[r], r, trace).write(now);
  }
  std::string bytes;
  CHECK(trace.SerializeToString(&bytes), "a trace in memory can be written to memory");
  return bytes;
}

}  // namespace locus
