#include "tests/place/slow_mesh.h"

#include <algorithm>

namespace locus {

SlowMesh::SlowMesh(int width, int height, const ChipNetworkSpec& network)
    : width_(width), height_(height), network_(network) {
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int core = y * width + x;
      if (x + 1 < width) wires_.push_back({core, core + 1, {}, {}});
      if (x > 0) wires_.push_back({core, core - 1, {}, {}});
      if (y > 0) wires_.push_back({core, core - width, {}, {}});
      if (y + 1 < height) wires_.push_back({core, core + width, {}, {}});
    }
  }
  wires_.push_back({-1, 0, {}, {}});
  wires_.push_back({0, -1, {}, {}});
}

std::vector<int> SlowMesh::way(int from, int to) const {
  std::vector<int> places{from};
  if (from == -1) places.push_back(0);
  const int goal = std::max(to, 0);
  int x = places.back() % width_;
  int y = places.back() / width_;
  while (x != goal % width_) places.push_back(y * width_ + (x += x < goal % width_ ? 1 : -1));
  while (y != goal / width_) places.push_back((y += y < goal / width_ ? 1 : -1) * width_ + x);
  if (to == -1) places.push_back(-1);
  return places;
}

SlowMesh::Wire& SlowMesh::wire(int from, int to) {
  return *std::ranges::find_if(wires_, [&](const Wire& one) { return one.from == from && one.to == to; });
}

bool SlowMesh::has_room(const Wire& wire, std::int64_t flits) const {
  if (!network_.queue_flits) return true;
  const std::int64_t taken = wire.held() + wire.promised;
  return taken == 0 || taken + flits <= *network_.queue_flits;
}

void SlowMesh::land(std::int64_t now) {
  for (Wire& over : wires_) {
    if (over.flying.empty() || over.flying.front()->lands != now) continue;
    Traveller& one = *over.flying.front();
    over.flying.pop_front();
    const std::int64_t last = now + one.flits - 1;
    if (one.at + 1 == one.way.size()) {
      found_.cycles = std::max(found_.cycles, last);
      ++found_.arrived;
      found_.arrived_flits += one.flits;
      found_.latency += last - one.offered;
      found_.largest_latency = std::max(found_.largest_latency, last - one.offered);
      found_.empty_latency += static_cast<std::int64_t>(one.way.size() - 1) * network_.cycles_per_hop + one.flits - 1;
      continue;
    }
    Wire& next = wire(one.way[one.at], one.way[one.at + 1]);
    if (network_.policy == QueuePolicy::kDrop && !has_room(next, one.flits)) {
      found_.cycles = std::max(found_.cycles, last);
      ++found_.lost;
      found_.lost_flits += one.flits;
      continue;
    }
    if (network_.policy == QueuePolicy::kStall) next.promised -= one.flits;
    next.queue.emplace_back(&one, one.flits);
    next.peak = std::max(next.peak, next.held());
  }
}

void SlowMesh::start(std::int64_t now) {
  for (Wire& over : wires_) {
    if (over.sends || over.queue.empty()) continue;
    Traveller& one = *over.queue.front().first;
    if (one.at + 2 < one.way.size() && network_.policy == QueuePolicy::kStall) {
      Wire& next = wire(one.way[one.at + 1], one.way[one.at + 2]);
      if (!has_room(next, one.flits)) continue;
      next.promised += one.flits;
    }
    over.sends = true;
    ++one.at;
    one.lands = now + network_.cycles_per_hop;
    over.flying.push_back(&one);
  }
}

void SlowMesh::inject(std::int64_t now, std::map<int, std::deque<Traveller*>>& stores, std::map<int, std::int64_t>& busy) {
  for (auto& [place, store] : stores) {
    if (store.empty() || busy[place] > now || store.front()->offered > now) continue;
    Traveller& one = *store.front();
    Wire& first = wire(one.way[0], one.way[1]);
    if (!has_room(first, one.flits)) continue;
    store.pop_front();
    first.queue.emplace_back(&one, one.flits);
    first.peak = std::max(first.peak, first.held());
    busy[place] = now + one.flits;
  }
}

void SlowMesh::send() {
  for (Wire& over : wires_) {
    if (!over.sends) {
      found_.blocked += over.queue.empty() ? 0 : 1;
      continue;
    }
    ++over.flits;
    ++found_.flit_hops;
    if (--over.queue.front().second > 0) continue;
    over.queue.pop_front();
    over.sends = false;
  }
}

SlowMesh::Found SlowMesh::run(const std::vector<Packet>& packets) {
  std::deque<Traveller> all;
  std::map<int, std::deque<Traveller*>> stores;
  std::map<int, std::int64_t> busy;
  for (const Packet& packet : packets) {
    all.push_back({.way = way(packet.from, packet.to), .flits = packet.flits, .offered = packet.offered});
    stores[packet.from].push_back(&all.back());
  }
  const auto is_busy = [&] {
    return found_.arrived + found_.lost < std::ssize(packets) || std::ranges::any_of(wires_, &Wire::sends);
  };
  for (std::int64_t now = 0; is_busy() && now < 1000000; ++now) {
    land(now);
    start(now);
    inject(now, stores, busy);
    start(now);
    send();
  }
  for (const Wire& over : wires_) {
    if (over.peak > 0) found_.links[{over.from, over.to}] = {over.flits, over.peak};
  }
  return found_;
}

}  // namespace locus
