// LiveServer: the report page, fed while a run goes on, to browsers on this machine, or elsewhere
// where it is told to.
//
// The run publishes snapshots; each browser gets the newest one when it has taken the one before.
// So what waits for a browser is at most one snapshot (and kSendBuffer of one in the system), and a
// browser that does not read costs the run nothing: nobody wants a snapshot then, and none is made.
// Browsers that take longer than kPatience, or leave a ping unanswered for as long, are let go. At
// most kMostBrowsers are served at a time, and to make snapshots takes no more than kShare of what
// the run's thread computes, however fast they are taken; tests/serve/cost measures both. Thread
// safety: one thread publishes; the server has one thread of its own. Loopback unless told
// otherwise; request.h says who is answered.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/serve/request.h"

namespace locus {

/// Whether it is an IP address, v4 or v6.
bool is_address(const std::string& text);

class LiveServer {
 public:
  static constexpr int kMostBrowsers = 8;
  static constexpr std::chrono::seconds kPatience{20};
  static constexpr std::chrono::seconds kFarewell{5};
  static constexpr std::chrono::milliseconds kPace{500};  // between snapshots, at least
  // one part in so many of the run's time may go into snapshots
  static constexpr int kShare = 200;
  // bytes that the system takes for a browser that does not read
  static constexpr int kSendBuffer = 64 << 10;

  /// `port` 0: any that is free. `page` is the bundle's page for a first snapshot. `address`: of
  /// this machine, as is_address has it; 0.0.0.0 or :: for all. Throws std::system_error where the
  /// port cannot be had.
  LiveServer(std::uint16_t port, std::string page, std::chrono::milliseconds patience = kPatience,
             const std::string& address = std::string(kLoopback));
  /// Lets browsers take the last snapshot, for at most kFarewell, and ends.
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  // http://127.0.0.1:PORT/TOKEN/; of a server at all addresses, with the machine's name
  std::string url() const;
  std::uint16_t port() const;

  /// Whether a browser would take a snapshot now. Cheap where none is there: one atomic read. What
  /// passes from here to `publish` is what a snapshot costs, and says when the next one may be
  /// wanted.
  bool wanted();
  /// `json`: the data of a page (report.h); may come unasked.
  void publish(std::string json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace locus
