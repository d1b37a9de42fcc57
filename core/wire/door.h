// The door: the only way for a message to leave an actor, and the only place that counts.
//
// A delivery, one message or a whole column of them, passes once for all its messages: they share
// channel, lag and payload size. The door checks the rule's declaration (a message outside it is a
// defect of the program), then the locality budget (the first message that breaks it ends the
// rule), then counts.
// Which (sender, channel, receiver) exist at all is decided when the program is compiled: see Wire.
// Cost: a few integer operations a delivery. Thread safety: called by the thread that conducts the
// phase, never by workers.
#pragma once

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

/// One end of a message: which actor.
struct Endpoint {
  Party party = Party::kAgent;
  std::int32_t projection = 0;  // synapses only: in file order of the network
  // neuron of its layer, or synapse of its projection (source by source)
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

/// Ends a rule whose budget is broken. Caught by sim/run, which knows the actors' names.
class LocalityBroken : public std::runtime_error {
 public:
  explicit LocalityBroken(const Offence& offence, const std::string& what = "locality budget broken")
      : std::runtime_error(what), offence_(offence) {}
  const Offence& offence() const { return offence_; }

 private:
  Offence offence_;
};

/// Which parties may use a channel: sending over a wire that an actor does not have does not
/// compile.
template <Channel kChannel, Party kFrom, Party kTo>
concept Wire = is_wire(kChannel, kFrom, kTo);

/// What a rule may send, as its row says, and what the run allows.
struct Permit {
  std::uint32_t channels = 0;    // bit c: Channel(c) is declared
  std::int32_t largest_lag = 0;  // declared, ticks
  Locality budget = Locality::kAny;
};

class Door {
 public:
  Door(Permit permit, int scalar_bytes);

  /// The clock: messages that pass from now on belong to this tick.
  void tick(Tick now) {
    now_ = now;
    if (traffic_ != nullptr) traffic_->tick(now);
  }
  Tick now() const { return now_; }

  /// `messages` messages of `scalars` scalars each. `first()` gives the Endpoints of the first of
  /// them, in the order (sender, receiver); it is called only when they break the budget. Throws
  /// LocalityBroken, or CheckFailure for what the rule has not declared. Zero messages pass unseen.
  template <Channel kChannel, Party kFrom, Party kTo, std::invocable First>
  requires Wire<kChannel, kFrom, kTo>
  void pass(std::int32_t lag, std::int64_t messages, std::int64_t scalars, First&& first) {
    if (messages == 0) return;
    if (!is_open(kChannel, lag)) [[unlikely]]
      refuse(kChannel, lag, [&]() -> Endpoints { return first(); });
    ledger_.add(kChannel, lag, {messages, count_times(messages, scalars)});
  }

  /// Whether messages of this lag are declared and break no budget, and so those of lags below it.
  bool is_open(Channel channel, std::int32_t lag) const {
    return static_cast<std::uint32_t>(lag) < free_[static_cast<std::size_t>(channel)];
  }

  /// As many messages at each of `lags` lags from `lag` on, for all of which the door is open:
  /// deliveries of a sweep that are alike.
  template <Channel kChannel, Party kFrom, Party kTo>
  requires Wire<kChannel, kFrom, kTo>
  void pass_each(std::int32_t lag, std::int32_t lags, std::int64_t messages, std::int64_t scalars) {
    if (messages == 0 || lags == 0) return;
    CHECK(is_open(kChannel, lag + lags - 1), "messages that the budget may refuse passed unseen");
    ledger_.add_each(kChannel, lag, lags, {messages, count_times(messages, scalars)});
  }

  Ledger& ledger() { return ledger_; }
  const Ledger& ledger() const { return ledger_; }

  /// From now on transports also tell `traffic`, which outlives the door, whose messages pass;
  /// null: nobody asks.
  void record(Traffic* traffic) { traffic_ = traffic; }
  Traffic* traffic() const { return traffic_; }

 private:
  /// Throws CheckFailure for what is not declared, else LocalityBroken.
  [[noreturn]] void refuse(Channel channel, std::int32_t lag, FunctionRef<Endpoints()> first) const;
  bool declared(Channel channel, std::int32_t lag) const {
    return ((permit_.channels >> static_cast<unsigned>(channel)) & 1U) != 0 && lag >= 0 && lag <= permit_.largest_lag;
  }

  Permit permit_;
  // by channel: lags below are declared and break no budget (what a lag breaks, longer ones do)
  std::array<std::uint32_t, kChannels> free_{};
  Tick now_{};
  Ledger ledger_;
  Traffic* traffic_ = nullptr;
};

}  // namespace locus
