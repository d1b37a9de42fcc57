// The door: the only way for a message to leave an actor, and the only place that counts messages.
//
// A delivery is one message or a whole column of them. It passes the door once for all its
// messages, which share channel, lag and payload size. The door first checks the rule's declaration
// (a message outside it is a defect of the program), then the locality budget (the first message
// that breaks it ends the rule), and then counts. The compiler decides which (sender, channel,
// receiver) exist at all: see Wire.
// Cost: a few integer operations for each delivery.
// Thread safety: only the thread that conducts the phase may call it, never a worker.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "core/base/check.h"
#include "core/base/function_ref.h"
#include "core/base/id.h"
#include "core/wire/budget.h"
#include "core/wire/channel.h"
#include "core/wire/ledger.h"
#include "core/wire/traffic.h"

namespace locus {

/// One end of a message: an actor.
struct Endpoint {
  Party party = Party::kAgent;
  std::int32_t projection = 0;  // only for synapses: index in the order of the file
  // neuron within its layer, or synapse within its projection (source by source)
  std::int64_t index = 0;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct Endpoints {
  Endpoint sender;
  Endpoint receiver;
};

/// The first message that broke a budget.
struct Offence {
  Tick tick;
  Channel channel = Channel::kAxon;
  std::int32_t lag = 0;
  Endpoints ends;
};

/// Ends a rule that has broken its budget. sim/run catches it and adds the names of the actors.
class LocalityBroken : public std::runtime_error {
 public:
  explicit LocalityBroken(const Offence& offence, const std::string& what = "locality budget broken")
      : std::runtime_error(what), offence_(offence) {}
  const Offence& offence() const { return offence_; }

 private:
  Offence offence_;
};

/// The parties that may use a channel: code that sends over a wire that its actor does not have
/// does not compile.
template <Channel kChannel, Party kFrom, Party kTo>
concept Wire = is_wire(kChannel, kFrom, kTo);

/// Messages of one kind on their way: the channel, and the scalars of each. One exists for each
/// wire and for no other pair of ends; without a wire nothing passes.
class Passage {
 public:
  constexpr Passage() = default;
  template <Channel kChannel, Party kFrom, Party kTo>
  requires Wire<kChannel, kFrom, kTo>
  static constexpr Passage over(std::int64_t scalars) {
    Passage passage;
    passage.channel_ = kChannel;
    passage.scalars_ = scalars;
    return passage;
  }
  /// A passage of messages whose scalars are spikes.
  constexpr Passage of_spikes() const {
    Passage passage = *this;
    passage.spikes_ = true;
    return passage;
  }
  constexpr Channel channel() const { return channel_; }
  /// So many messages.
  Tally tally(std::int64_t messages) const {
    const std::int64_t scalars = count_times(messages, scalars_);
    return {messages, scalars, spikes_ ? scalars : 0};
  }
  constexpr std::int64_t scalars() const { return scalars_; }

 private:
  Channel channel_{kChannels};  // none
  std::int64_t scalars_ = 0;
  bool spikes_ = false;
};

/// The messages that a rule declares, channel by channel, and the budget of the run.
struct Permit {
  // ends of the declared lags, by channel: lags [0, end) are declared, none if it is 0 [ticks]
  std::array<std::int32_t, kChannels> lags{};
  Locality budget = Locality::kAny;
  ChannelSet core_local = {};  // channels whose messages the rule keeps within cores

  bool declares(Channel channel, std::int32_t lag) const {
    return lag >= 0 && lag < lags[static_cast<std::size_t>(channel)];
  }
  /// Declares lags [0, end) of a channel, and what has been declared of it before.
  void declare(Channel channel, std::int32_t end) {
    std::int32_t& declared = lags[static_cast<std::size_t>(channel)];
    declared = std::max(declared, end);
  }
  /// The largest declared lag of all channels [ticks]; 0 if none is declared.
  std::int32_t largest_lag() const { return std::max(*std::ranges::max_element(lags) - 1, 0); }
};

class Door {
 public:
  Door(Permit permit, int scalar_bytes);

  /// Sets the clock: later messages belong to this tick.
  void tick(Tick now) {
    now_ = now;
    if (traffic_ != nullptr) traffic_->tick(now);
  }
  Tick now() const { return now_; }

  /// Passes `messages` messages of `scalars` scalars each. `first()` returns the Endpoints of the
  /// first message in the order (sender, receiver); it is called only if the messages break the
  /// budget. Throws LocalityBroken, or CheckFailure if the rule has not declared the messages. A
  /// delivery of zero messages is neither checked nor counted.
  template <std::invocable First>
  void pass(const Passage& passage, std::int32_t lag, std::int64_t messages, First&& first) {
    pass_uneven(passage, lag, passage.tally(messages), first);
  }
  /// The same for messages of several sizes: `tally` has all of their scalars.
  template <std::invocable First>
  void pass_uneven(const Passage& passage, std::int32_t lag, Tally tally, First&& first) {
    if (tally.messages == 0) return;
    if (!is_open(passage.channel(), lag)) [[unlikely]]
      refuse(passage.channel(), lag, [&]() -> Endpoints { return first(); });
    if (counts_) ledger_.add(passage.channel(), lag, tally);
  }
  template <Channel kChannel, Party kFrom, Party kTo, std::invocable First>
  requires Wire<kChannel, kFrom, kTo>
  void pass(std::int32_t lag, std::int64_t messages, std::int64_t scalars, First&& first) {
    pass(Passage::over<kChannel, kFrom, kTo>(scalars), lag, messages, first);
  }

  /// True if messages of this lag are declared and break no budget; messages of smaller lags then
  /// are too.
  bool is_open(Channel channel, std::int32_t lag) const {
    return static_cast<std::uint32_t>(lag) < open_lags_[static_cast<std::size_t>(channel)];
  }

  /// Passes the same number of messages at each of `lags` lags from `lag` on, for similar
  /// deliveries of a sweep. is_open must be true for all of these lags.
  void pass_each(const Passage& passage, std::int32_t lag, std::int32_t lags, std::int64_t messages) {
    if (messages == 0 || lags == 0) return;
    CHECK(is_open(passage.channel(), lag + lags - 1), "messages that the budget may refuse passed unseen");
    if (counts_) ledger_.add_each(passage.channel(), lag, lags, passage.tally(messages));
  }

  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }

  /// False: messages pass uncounted, because another process of the run counts the same ones.
  void count(bool counts) { counts_ = counts; }

  /// Makes the transports count their messages by neuron in `traffic`, which must outlive the door;
  /// null ends this.
  void record(Traffic* traffic) { traffic_ = traffic; }
  Traffic* traffic() const { return traffic_; }

 private:
  /// Throws CheckFailure if the message is not declared, otherwise LocalityBroken.
  [[noreturn]] void refuse(Channel channel, std::int32_t lag, FunctionRef<Endpoints()> first) const;
  Permit permit_;
  // by channel: smaller lags are declared and break no budget (a budget that a lag breaks is broken
  // by longer ones too)
  std::array<std::uint32_t, kChannels + 1> open_lags_{};  // the last: of no channel
  Tick now_{};
  Ledger ledger_;
  Traffic* traffic_ = nullptr;
  bool counts_ = true;
};

}  // namespace locus
