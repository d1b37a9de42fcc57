// LiveShow: the live page of `locus run --serve`, for all models of the command.
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
  /// `first`: the first of the `models` models. Throws std::system_error if the port of the address
  /// is not available.
  LiveShow(const std::string& address, std::uint16_t port, const Spec& first, std::size_t models);

  std::string url() const { return server_.url(); }
  /// Shows a model before its run.
  void begin(const Spec& spec, std::size_t model);
  /// Shows the progress of its run if a browser waits for a snapshot.
  void observe(const Moment& moment);
  /// Shows its result; `over`: true if no other model will run.
  void end(const RunResult& result, bool over);

 private:
  LivePlace place_;
  LiveCurves curves_;  // of the running model
  LiveServer server_;
};

}  // namespace locus
