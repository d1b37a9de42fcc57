// LiveShow: the live page of `locus run --serve`, through all models of the command: what the
// server is told, and when.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/report/live.h"
#include "sim/run/run.h"
#include "sim/serve/live_server.h"

namespace locus {

class LiveShow {
 public:
  /// `first`: the model that is run first of `models`. Throws std::system_error where the port of
  /// the address cannot be had.
  LiveShow(const std::string& address, std::uint16_t port, const Spec& first, std::size_t models);

  std::string url() const { return server_.url(); }
  /// Shows a model that is about to run.
  void begin(const Spec& spec, std::size_t model);
  /// Shows how far its run is, where a browser waits for that.
  void see(const Moment& moment);
  /// Shows what it left; `over` where no other will run.
  void end(const RunResult& result, bool over);

 private:
  LivePlace place_;
  LiveCurves curves_;  // of the model that runs
  LiveServer server_;
};

}  // namespace locus
