// LiveServer: serves the report page of a running run to browsers on this machine, or elsewhere if
// the address says so.
//
// The run publishes snapshots, and each browser gets the newest one as soon as it has taken the one
// before. At most one snapshot waits for a browser (and kSendBuffer of another one in the system).
// A browser that does not read costs the run nothing: `wanted` is then false, and the run makes no
// snapshot. The server closes the connection of a browser that takes longer than kPatience or does
// not answer a ping within it.
// Limits: kMostBrowsers at a time. Connections that have not shown the token have a small share of
// their own, must speak within two seconds, and the oldest one leaves when a new one comes: however
// many there are, they neither shut the page nor take the descriptors that the run needs for its
// files. Snapshots take at most 1 / kShare of the run's computing time,
// however fast browsers take them. tests/serve/cost measures both.
// Thread safety: one thread publishes; the server has one thread of its own. Access: loopback by
// default; request.h decides who gets an answer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "sim/serve/request.h"

namespace locus {

/// True if the text is an IP address, v4 or v6.
bool is_address(const std::string& text);

class LiveServer {
 public:
  static constexpr int kMostBrowsers = 8;
  static constexpr std::chrono::seconds kPatience{20};
  static constexpr std::chrono::seconds kFarewell{5};
  static constexpr std::chrono::milliseconds kPace{500};  // the least time between snapshots
  // at most 1 / kShare of the run's time goes into snapshots
  static constexpr int kShare = 200;
  // descriptors that connections leave to the run: checkpoints, results
  static constexpr int kReserve = 16;
  // bytes that the system holds for a browser that does not read
  static constexpr int kSendBuffer = 64 << 10;

  /// `port` 0 means any free port. `page` is the page that a browser gets before the first
  /// snapshot. `address`: of this machine, as for is_address; 0.0.0.0 or :: for all addresses.
  /// `reserve`: descriptors that connections leave free. Throws std::system_error if the port is
  /// not available.
  LiveServer(std::uint16_t port, std::string page, std::chrono::milliseconds patience = kPatience,
             const std::string& address = std::string(kLoopback), int reserve = kReserve);
  /// Waits at most kFarewell for browsers to take the last snapshot, then ends the server.
  ~LiveServer();
  LiveServer(const LiveServer&) = delete;
  LiveServer& operator=(const LiveServer&) = delete;

  // http://127.0.0.1:PORT/TOKEN/; for a server at all addresses, with the name of the machine
  std::string url() const;
  std::uint16_t port() const;

  /// True if a browser would take a snapshot now. Without a browser it costs one atomic read. The
  /// computing time from here to `publish` counts as the cost of a snapshot and decides when
  /// `wanted` may be true again.
  bool wanted();
  /// `json`: the data of a page (sim/report/report.h); it may also come when `wanted` was false.
  void publish(std::string json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace locus
