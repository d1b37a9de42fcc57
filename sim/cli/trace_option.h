// `--trace`, `--trace-ticks`, `--trace-limit`: messages one by one, into a file.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/trace.h"

namespace locus {

class TraceOption {
 public:
  void declare(CLI::App& app);
  bool asked() const { return !file_.empty(); }
  /// Throws UsageError for what does not go together; to be called before anything is loaded.
  void check(const std::string& transport, std::size_t models) const;
  std::optional<TraceRequest> request(const Spec& spec) const;
  /// Refuses a file that cannot be written, before the run rather than after it.
  void prepare() const;
  void write(const Spec& spec, const RunResult& result) const;

 private:
  std::string file_;
  std::string ticks_;
  std::int64_t limit_ = TraceRequest{}.limit;
};

}  // namespace locus
