// The mesh of sim/place/replay.h once more, flit by flit and cycle by cycle, with ways, queues and
// figures of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "sim/place/replay.h"

namespace locus {

class SlowMesh {
 public:
  SlowMesh(int width, int height, const ChipNetworkSpec& network);

  struct Found {
    std::int64_t cycles = 0, arrived = 0, arrived_flits = 0, lost = 0, lost_flits = 0;
    std::int64_t latency = 0, largest_latency = 0, empty_latency = 0, blocked = 0, flit_hops = 0;
    std::map<std::pair<int, int>, std::pair<std::int64_t, std::int64_t>> links;  // flits, peak
  };
  Found run(const std::vector<Packet>& packets);

 private:
  struct Traveller {
    std::vector<int> way;  // places
    std::size_t at = 0;    // index of the place where its head is, or towards which it flies
    std::int64_t flits = 0, offered = 0;
    std::int64_t lands = -1;  // cycle
  };
  struct Wire {
    int from = 0, to = 0;
    std::deque<std::pair<Traveller*, std::int64_t>> queue;  // and unsent flits; `sends`: the first
    std::deque<Traveller*> flying;                          // heads on the wire
    bool sends = false;
    std::int64_t promised = 0;  // flits
    std::int64_t flits = 0, peak = 0;
    std::int64_t held() const {
      std::int64_t sum = 0;
      for (const auto& [one, unsent] : queue) sum += unsent;
      return sum;
    }
  };
  std::vector<int> way(int from, int to) const;
  Wire& wire(int from, int to);
  bool has_room(const Wire& wire, std::int64_t flits) const;
  void land(std::int64_t now);
  void start(std::int64_t now);
  void inject(std::int64_t now, std::map<int, std::deque<Traveller*>>& stores, std::map<int, std::int64_t>& busy);
  void send();

  int width_, height_;
  ChipNetworkSpec network_;
  std::vector<Wire> wires_;
  Found found_;
};

}  // namespace locus
