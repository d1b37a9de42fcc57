#include "sim/place/replay.h"

#include <algorithm>
#include <bit>

#include "core/base/check.h"

namespace locus {

std::int32_t MeshLinks::towards(std::int32_t from, std::int32_t to) const {
  if (from == kHost) return from_host();
  const std::int32_t core = to == kHost ? 0 : to;
  if (from == core) return to_host();
  const std::int32_t east = core % mesh_.width - from % mesh_.width;
  if (east != 0) return 4 * from + (east > 0 ? 0 : 1);
  return 4 * from + (core < from ? 2 : 3);
}

std::int32_t MeshLinks::begin(std::int32_t link) const {
  if (link == from_host()) return kHost;
  return link == to_host() ? 0 : link / 4;
}

std::int32_t MeshLinks::end(std::int32_t link) const {
  if (link == from_host()) return 0;
  if (link == to_host()) return kHost;
  const std::int32_t steps[] = {1, -1, -mesh_.width, mesh_.width};
  return link / 4 + steps[link % 4];
}

MeshReplay::Turns::Turns(std::int32_t size)
    : bits_(static_cast<std::size_t>(size) / 64 + 1, 0), some_(bits_.size() / 64 + 1, 0) {}

void MeshReplay::Turns::add(std::int32_t one) {
  const auto number = static_cast<std::size_t>(one);
  bits_[number / 64] |= std::uint64_t{1} << (number % 64);
  some_[number / 4096] |= std::uint64_t{1} << (number / 64 % 64);
}

template <class Visit>
void MeshReplay::Turns::take(const Visit& visit) {
  for (std::size_t group = 0; group < some_.size(); ++group) {
    while (some_[group] != 0) {
      const std::size_t word = 64 * group + static_cast<std::size_t>(std::countr_zero(some_[group]));
      while (bits_[word] != 0) {
        const auto bit = static_cast<std::size_t>(std::countr_zero(bits_[word]));
        bits_[word] &= bits_[word] - 1;
        visit(static_cast<std::int32_t>(64 * word + bit));
      }
      some_[group] &= some_[group] - 1;
    }
  }
}

MeshReplay::MeshReplay(const Mesh& mesh, const ChipNetworkSpec& network)
    : mesh_(mesh),
      links_of_(mesh),
      cycles_per_hop_(network.cycles_per_hop),
      capacity_(network.queue_flits.value_or(std::int64_t{1} << 60)),
      stalls_(network.queue_flits && network.policy == QueuePolicy::kStall),
      drops_(network.queue_flits && network.policy == QueuePolicy::kDrop),
      seats_(1),
      links_(static_cast<std::size_t>(links_of_.count())),
      places_(static_cast<std::size_t>(mesh.cores()) + 1),
      wheel_(kWheel),
      arrivals_(links_of_.count()),
      starts_(links_of_.count()),
      injections_(mesh.cores() + 1),
      fed_(links_of_.count()),
      arriving_(links_.size(), kNone) {
  for (std::int32_t core = 0; core < mesh.cores(); ++core) seats_.push_back({core % mesh.width, core / mesh.width});
  for (std::int32_t link = 0; link < links_of_.count(); ++link) ends_.push_back(links_of_.end(link));
}

std::int64_t MeshReplay::way(const Packet& packet) const {
  return hops(mesh_, packet.from, packet.to).all() * cycles_per_hop_ + packet.flits - 1;
}

/// The link that a packet takes after this one, or kNone if it has arrived.
std::int32_t MeshReplay::next_link(std::int32_t link, std::int32_t to) const {
  const std::int32_t at = ends_[static_cast<std::size_t>(link)];
  if (at == to) return kNone;
  const Seat here = seats_[static_cast<std::size_t>(at + 1)];
  const Seat there = seats_[static_cast<std::size_t>(to + 1)];
  if (here.x != there.x) return 4 * at + (here.x < there.x ? 0 : 1);
  if (here.y != there.y) return 4 * at + (here.y > there.y ? 2 : 3);
  return links_of_.to_host();
}

/// Sorts the packets by their places and offers the first of each.
void MeshReplay::begin() {
  now_ = 0;
  figures_ = {};
  for (Place& place : places_) place = {};
  for (const Packet& packet : packets_) ++places_[static_cast<std::size_t>(packet.from + 1)].end;
  std::size_t sum = 0;
  for (Place& place : places_) {
    place.next = sum;
    sum += place.end;
    place.end = place.next;
  }
  order_.resize(packets_.size());
  behind_.assign(packets_.size(), kNone);
  for (std::size_t k = 0; k < packets_.size(); ++k) {
    const Packet& packet = packets_[k];
    CHECK(packet.from != packet.to && packet.flits > 0, "a packet that can travel");
    Place& place = places_[static_cast<std::size_t>(packet.from + 1)];
    if (place.end > place.next)
      CHECK(packets_[static_cast<std::size_t>(order_[place.end - 1])].offered <= packet.offered, "packets in order");
    order_[place.end++] = static_cast<std::int32_t>(k);
  }
  for (std::size_t p = 0; p < places_.size(); ++p) {
    if (places_[p].next == places_[p].end) continue;
    const Packet& first = packets_[static_cast<std::size_t>(order_[places_[p].next])];
    schedule(first.offered, {Kind::kPlace, static_cast<std::int32_t>(p)});
  }
}

void MeshReplay::schedule(std::int64_t cycle, const Event& event) {
  if (cycle < now_ + kWheel) {
    wheel_[static_cast<std::size_t>(cycle % kWheel)].push_back(event);
    ++in_wheel_;
  } else {
    later_.push({cycle, event});
  }
}

/// The next cycle with an event, whose events are then in the wheel; or kNever.
std::int64_t MeshReplay::next_cycle() {
  if (in_wheel_ == 0 && later_.empty()) return kNever;
  if (in_wheel_ == 0) now_ = later_.top().cycle;
  for (; !later_.empty() && later_.top().cycle < now_ + kWheel; later_.pop()) {
    wheel_[static_cast<std::size_t>(later_.top().cycle % kWheel)].push_back(later_.top().event);
    ++in_wheel_;
  }
  while (wheel_[static_cast<std::size_t>(now_ % kWheel)].empty()) ++now_;
  return now_;
}

ReplayFigures MeshReplay::run(std::span<const Packet> packets) {
  packets_ = packets;
  begin();
  while (next_cycle() != kNever) {
    std::vector<Event>& events = wheel_[static_cast<std::size_t>(now_ % kWheel)];
    work(events);
    ++now_;
  }
  std::ranges::sort(met_);
  for (const std::int32_t met : met_) {
    Link& link = links_[static_cast<std::size_t>(met)];
    CHECK(link.first == kNone && link.reserved == 0, "every packet has arrived or is lost");
    if (link.flits > 0) figures_.links.push_back({met, link.flits, link.peak});
    link = {};
  }
  met_.clear();
  return std::move(figures_);
}

/// The five steps of a cycle. Starts and injections of this cycle schedule only later ones.
void MeshReplay::work(std::vector<Event>& events) {
  in_wheel_ -= std::ssize(events);
  for (const Event& event : events) {
    switch (event.kind) {
      case Kind::kArrival:
        arrivals_.add(event.at);
        arriving_[static_cast<std::size_t>(event.at)] = event.packet;
        break;
      case Kind::kLink: starts_.add(event.at); break;
      case Kind::kPlace: injections_.add(event.at); break;
    }
  }
  events.clear();
  arrivals_.take([&](std::int32_t link) { arrive(link, arriving_[static_cast<std::size_t>(link)]); });
  starts_.take([&](std::int32_t link) { start(link); });
  injections_.take([&](std::int32_t place) { inject(place); });
  fed_.take([&](std::int32_t link) { start(link); });
}

/// Step 1 for one head.
void MeshReplay::arrive(std::int32_t over, std::int32_t number) {
  const Packet& packet = packets_[static_cast<std::size_t>(number)];
  const std::int32_t next = next_link(over, packet.to);
  if (next == kNone) return leave(packet, false);
  Link& link = links_[static_cast<std::size_t>(next)];
  if (drops_ && room(link) < need(packet)) return leave(packet, true);
  if (stalls_) link.reserved -= packet.flits;
  if (join(next, number)) starts_.add(next);
}

void MeshReplay::leave(const Packet& packet, bool lost) {
  const std::int64_t last = now_ + packet.flits - 1;
  figures_.cycles = std::max(figures_.cycles, last);
  if (lost) {
    ++figures_.lost_packets;
    figures_.lost_flits += packet.flits;
    return;
  }
  const std::int64_t latency = last - packet.offered;
  ++figures_.packets;
  figures_.flits += packet.flits;
  figures_.latency += latency;
  figures_.waiting += latency - way(packet);
  figures_.largest_latency = std::max(figures_.largest_latency, latency);
}

/// Room in the queue of a link at the present cycle [flits].
std::int64_t MeshReplay::room(const Link& link) const {
  return capacity_ - link.reserved - link.waiting - std::max<std::int64_t>(0, link.idle_from - now_);
}

/// Lists the link among those with packets.
void MeshReplay::meet(std::int32_t over) {
  if (!std::exchange(links_[static_cast<std::size_t>(over)].is_met, true)) met_.push_back(over);
}

/// Returns true if the link is idle and the packet is its first.
bool MeshReplay::join(std::int32_t over, std::int32_t number) {
  Link& link = links_[static_cast<std::size_t>(over)];
  meet(over);
  link.waiting += packets_[static_cast<std::size_t>(number)].flits;
  link.peak = std::max(link.peak, link.waiting + std::max<std::int64_t>(0, link.idle_from - now_));
  const bool is_first = link.first == kNone;
  (is_first ? link.first : behind_[static_cast<std::size_t>(link.last)]) = number;
  link.last = number;
  if (is_first && link.idle_from > now_) schedule(link.idle_from, {Kind::kLink, over});
  return is_first && link.idle_from <= now_;
}

/// Steps 2 and 4 for one link.
void MeshReplay::start(std::int32_t over) {
  Link& link = links_[static_cast<std::size_t>(over)];
  if (link.first == kNone || link.idle_from > now_) return;
  const std::int32_t number = link.first;
  const Packet& packet = packets_[static_cast<std::size_t>(number)];
  if (stalls_) {
    const std::int32_t next = next_link(over, packet.to);
    if (next != kNone) {
      Link& after = links_[static_cast<std::size_t>(next)];
      if (room(after) < need(packet)) {
        if (link.blocked < 0) link.blocked = now_;
        link.wanted = next;
        return wait_for(next, packet, {Kind::kLink, over});
      }
      after.reserved += packet.flits;
      meet(next);
    }
    link.wanted = kNone;
    if (link.blocked >= 0) figures_.blocked += now_ - link.blocked;
    link.blocked = -1;
  }
  link.first = std::exchange(behind_[static_cast<std::size_t>(number)], kNone);
  link.waiting -= packet.flits;
  link.flits += packet.flits;
  figures_.flit_hops += packet.flits;
  link.idle_from = now_ + packet.flits;
  schedule(now_ + cycles_per_hop_, {Kind::kArrival, over, number});
  if (link.first != kNone) schedule(link.idle_from, {Kind::kLink, over});
  if (stalls_ || drops_) wake(over);
}

/// Step 3 for one place.
void MeshReplay::inject(std::int32_t at) {
  Place& place = places_[static_cast<std::size_t>(at)];
  if (place.next == place.end || place.idle_from > now_) return;
  const std::int32_t number = order_[place.next];
  const Packet& packet = packets_[static_cast<std::size_t>(number)];
  if (packet.offered > now_) return;
  const std::int32_t over = links_of_.towards(packet.from, packet.to);
  Link& link = links_[static_cast<std::size_t>(over)];
  if (room(link) < need(packet)) {
    place.wanted = over;
    return wait_for(over, packet, {Kind::kPlace, at});
  }
  place.wanted = kNone;
  if (join(over, number)) fed_.add(over);
  place.idle_from = now_ + packet.flits;
  if (++place.next == place.end) return;
  const std::int64_t offered = packets_[static_cast<std::size_t>(order_[place.next])].offered;
  schedule(std::max(place.idle_from, offered), {Kind::kPlace, at});
}

/// Tries again in the first cycle in which the queue has room, if what it sends makes that room.
/// Otherwise the start of its next packet wakes the event.
void MeshReplay::wait_for(std::int32_t wanted, const Packet& packet, const Event& event) {
  const Link& link = links_[static_cast<std::size_t>(wanted)];
  const std::int64_t left = capacity_ - link.reserved - link.waiting - need(packet);
  if (left >= 0) schedule(std::max(now_ + 1, link.idle_from - left), event);
}

/// A packet has started, so that its flits make room from the next cycle on.
void MeshReplay::wake(std::int32_t over) {
  const std::int32_t router = links_of_.begin(over);
  const auto tell = [&](std::int32_t before) {
    const Link& link = links_[static_cast<std::size_t>(before)];
    if (link.wanted == over) wait_for(over, packets_[static_cast<std::size_t>(link.first)], {Kind::kLink, before});
  };
  const Place& place = places_[static_cast<std::size_t>(router + 1)];
  if (place.wanted == over)
    wait_for(over, packets_[static_cast<std::size_t>(order_[place.next])], {Kind::kPlace, router + 1});
  if (router == kHost) return;
  if (router == 0) tell(links_of_.from_host());
  if (router % mesh_.width > 0) tell(4 * (router - 1));
  if (router % mesh_.width < mesh_.width - 1) tell(4 * (router + 1) + 1);
  if (router / mesh_.width < mesh_.height - 1) tell(4 * (router + mesh_.width) + 2);
  if (router >= mesh_.width) tell(4 * (router - mesh_.width) + 3);
}

}  // namespace locus
