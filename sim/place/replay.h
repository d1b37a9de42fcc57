// Replay: packets on their ways through a mesh, cycle by cycle: latency, queues, losses, and the
// time until the last one has arrived.
//
// The counts of a chip (chip_traffic.h) say how many packets take which link; only a replay says
// how long they wait for each other. It has virtual cut-through switching (Kermani & Kleinrock
// 1979; Dally & Towles 2004, ch. 13): a packet goes on as soon as its head has arrived, and its
// flits follow one a cycle. Ways are XY (mesh.h). Each directed link has one queue, in the router
// at its beginning. In a cycle, in this order:
//   1. Heads that arrive join the queue of their next link, or leave the mesh; those of one cycle
//      in the order of the links on which they come. A policy of drops loses a packet for which the
//      queue has no room, whole.
//   2. Links that are idle start the first packet of their queue, in the order of the links. A
//      policy of stalls lets a packet start only if the queue of its next link has room for all its
//      flits, and keeps that room for it.
//   3. Places that are idle (cores, and the host) move the first packet that they have to send into
//      the queue of its first link if there is room, in the order of the places, the host first.
//      A place needs one cycle for each flit. Its own store has no limit.
//   4. Links that are idle start again, as in 2.
//   5. Each started packet sends one flit. Its link is idle again after the last one.
// A packet with more flits than a queue may hold needs an empty queue, and has room there.
// A head is cycles_per_hop on a link. So a packet that meets no other takes
// hops * cycles_per_hop + flits - 1 cycles. XY and room that is kept make stalls free of deadlocks.
// Cost: O(hops) a packet, from event to event: idle cycles cost next to nothing. Memory: O(links).
// Invariants: a pure function of its packets; every packet arrives or is lost.
#pragma once

#include <algorithm>
#include <cstdint>
#include <queue>
#include <span>
#include <utility>
#include <vector>

#include "sim/model/chip_network.h"
#include "sim/place/mesh.h"

namespace locus {

/// A packet between two different places.
struct Packet {
  std::int32_t from = kHost;
  std::int32_t to = kHost;
  std::int64_t flits = 1;
  std::int64_t offered = 0;  // cycle in which its place would send it; in order for each place
};

/// The figures of one link.
struct LinkLoad {
  std::int32_t link = 0;
  std::int64_t flits = 0;       // sent
  std::int64_t peak_queue = 0;  // [flits], the most in its queue, its present packet included
  friend bool operator==(const LinkLoad&, const LinkLoad&) = default;
};

/// The figures of one replay.
struct ReplayFigures {
  std::int64_t cycles = 0;  // until the last flit has arrived
  std::int64_t packets = 0;
  std::int64_t flits = 0;
  std::int64_t lost_packets = 0;
  std::int64_t lost_flits = 0;
  std::int64_t flit_hops = 0;        // flits over links
  std::int64_t latency = 0;          // [cycles], from offer to last flit, sum over arrived packets
  std::int64_t waiting = 0;          // [cycles], the part of it beyond an empty mesh's
  std::int64_t largest_latency = 0;  // [cycles]
  // cycles in which an idle link had a packet that found no room behind, summed over links
  std::int64_t blocked = 0;
  std::vector<LinkLoad> links;  // by number; links without flits are left out
  friend bool operator==(const ReplayFigures&, const ReplayFigures&) = default;
};

/// The directed links of a mesh by number: four for each core, to its east, west, north (the row
/// before) and south; then from the host to core 0, and back.
class MeshLinks {
 public:
  explicit MeshLinks(const Mesh& mesh) : mesh_(mesh) {}
  std::int32_t count() const { return 4 * mesh_.cores() + 2; }
  std::int32_t from_host() const { return 4 * mesh_.cores(); }
  std::int32_t to_host() const { return 4 * mesh_.cores() + 1; }
  /// The first link on the way between two different places.
  std::int32_t towards(std::int32_t from, std::int32_t to) const;
  std::int32_t begin(std::int32_t link) const;  // a place
  std::int32_t end(std::int32_t link) const;    // a place

 private:
  Mesh mesh_;
};

class MeshReplay {
 public:
  MeshReplay(const Mesh& mesh, const ChipNetworkSpec& network);

  /// Replays packets from an empty mesh.
  ReplayFigures run(std::span<const Packet> packets);

 private:
  static constexpr std::int32_t kNone = -1;
  static constexpr std::int64_t kNever = -1;

  /// Links or places of one cycle, each once and in order.
  class Turns {
   public:
    explicit Turns(std::int32_t size);
    void add(std::int32_t one);
    /// Visits and removes all.
    template <class Visit>
    void take(const Visit& visit);

   private:
    std::vector<std::uint64_t> bits_;  // by number
    std::vector<std::uint64_t> some_;  // which words of bits_ are not 0
  };
  enum class Kind : std::uint8_t { kArrival, kLink, kPlace };
  struct Event {
    Kind kind = Kind::kArrival;
    std::int32_t at = 0;      // link, or place + 1
    std::int32_t packet = 0;  // of an arrival
  };
  struct Later {
    std::int64_t cycle = 0;
    Event event;
    bool operator<(const Later& other) const { return cycle > other.cycle; }
  };
  struct Link {
    std::int64_t idle_from = 0;   // first cycle in which it may start
    std::int64_t waiting = 0;     // [flits] of packets in the queue that have not started
    std::int64_t reserved = 0;    // [flits] of packets on their way to the queue
    std::int64_t flits = 0;       // sent
    std::int64_t peak = 0;        // [flits]
    std::int64_t blocked = -1;    // cycle since which its first packet finds no room, or -1
    std::int32_t first = kNone;   // of the queue
    std::int32_t last = kNone;    // of the queue
    std::int32_t wanted = kNone;  // the link for whose room its first packet waits
    bool is_met = false;          // by a packet of this replay
  };
  struct Place {
    std::int64_t idle_from = 0;
    std::size_t next = 0;         // into order_, its next packet
    std::size_t end = 0;          // into order_
    std::int32_t wanted = kNone;  // the link for whose room it waits
  };

  void begin();
  std::int64_t next_cycle();
  void schedule(std::int64_t cycle, const Event& event);
  void work(std::vector<Event>& events);
  void arrive(std::int32_t link, std::int32_t packet);
  void meet(std::int32_t over);
  bool join(std::int32_t link, std::int32_t packet);
  void leave(const Packet& packet, bool lost);
  void start(std::int32_t link);
  void inject(std::int32_t place);
  std::int64_t room(const Link& link) const;
  std::int64_t need(const Packet& packet) const { return std::min(packet.flits, capacity_); }
  void wait_for(std::int32_t wanted, const Packet& packet, const Event& event);
  void wake(std::int32_t link);
  std::int32_t next_link(std::int32_t link, std::int32_t to) const;
  std::int64_t way(const Packet& packet) const;

  Mesh mesh_;
  MeshLinks links_of_;
  std::int64_t cycles_per_hop_;
  std::int64_t capacity_;  // [flits]; of an unlimited queue a number that none reaches
  bool stalls_;            // a queue has a limit, and packets wait for its room
  bool drops_;             // a queue has a limit, and packets without room are lost
  struct Seat {
    std::int32_t x = 0;
    std::int32_t y = 0;
  };
  std::vector<Seat> seats_;           // (cores + 1), the host first, where core 0 is
  std::vector<std::int32_t> ends_;    // the place behind each link (links)
  std::vector<Link> links_;           // (links)
  std::vector<Place> places_;         // (cores + 1), the host first
  std::vector<std::int32_t> met_;     // links
  std::span<const Packet> packets_;   // of the present replay
  std::vector<std::int32_t> order_;   // packets place by place
  std::vector<std::int32_t> behind_;  // the next packet in the same queue (packets)
  // Events of the next kWheel cycles, by cycle modulo kWheel; and later ones.
  static constexpr std::int64_t kWheel = 1024;
  std::vector<std::vector<Event>> wheel_;
  std::int64_t in_wheel_ = 0;
  std::priority_queue<Later> later_;
  std::int64_t now_ = 0;
  // Of this cycle: arrivals, starts, injections, and starts again of what these feed.
  Turns arrivals_;
  Turns starts_;
  Turns injections_;
  Turns fed_;
  std::vector<std::int32_t> arriving_;  // the packet of an arrival (links)
  ReplayFigures figures_;
};

}  // namespace locus
