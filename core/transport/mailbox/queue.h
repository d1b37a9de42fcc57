// Typed queues between shards: a message of type M waits in the queue (sender's shard, receiver's
// shard) until the receiver's shard drains it.
//
// Why typed: no dispatch a message, no allocation once the queues have grown to their largest
// trial; why a queue a pair: no two threads ever write one.
// Cost: a push is a store; measured rates stand in docs/performance.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace locus {

/// A message on its way. Which layer or projection sender and receiver are counted in is the
/// phase's.
template <class M>
struct Envelope {
  std::int32_t sender;
  std::int32_t receiver;
  std::int32_t lane;
  M message;
};

/// The message of a sender in one lane to all of its receivers.
template <class M>
struct LaneMessage {
  std::int32_t lane;
  M message;
};

template <class M>
class Queues {
 public:
  explicit Queues(int shards)
      : shards_(shards),
        queues_(static_cast<std::size_t>(shards) * static_cast<std::size_t>(shards)),
        said_(static_cast<std::size_t>(shards)) {}

  std::vector<Envelope<M>>& between(int sender, int receiver) {
    return queues_[static_cast<std::size_t>(sender) * static_cast<std::size_t>(shards_) + static_cast<std::size_t>(receiver)];
  }

  int shards() const { return shards_; }

  /// What a sender of this shard says: message_of(lane) in every lane that has one. Valid until the
  /// shard's next call.
  template <class MessageOf>
  std::span<const LaneMessage<M>> said(int shard, std::int32_t lanes, MessageOf message_of) {
    std::vector<LaneMessage<M>>& said = said_[static_cast<std::size_t>(shard)];
    said.clear();
    for (std::int32_t lane = 0; lane < lanes; ++lane) {
      if (const std::optional<M> message = message_of(lane)) said.push_back({lane, *message});
    }
    return said;
  }

  /// Calls visit(envelope) for every message that waits.
  template <class Visit>
  void each(Visit visit) const {
    for (const auto& queue : queues_) {
      for (const Envelope<M>& envelope : queue) visit(envelope);
    }
  }

  void clear() {
    for (auto& queue : queues_) queue.clear();
  }

  std::int64_t waiting() const {
    std::int64_t count = 0;
    for (const auto& queue : queues_) count += static_cast<std::int64_t>(queue.size());
    return count;
  }

  /// The first message in the order (sender, receiver); there must be one.
  Envelope<M> first() const {
    const Envelope<M>* found = nullptr;
    for (const auto& queue : queues_) {
      for (const Envelope<M>& e : queue) {
        if (found == nullptr || e.sender < found->sender || (e.sender == found->sender && e.receiver < found->receiver))
          found = &e;
      }
    }
    return *found;
  }

 private:
  int shards_;
  std::vector<std::vector<Envelope<M>>> queues_;   // (shards x shards)
  std::vector<std::vector<LaneMessage<M>>> said_;  // by shard of the sender
};

}  // namespace locus
