// `--trace`, `--trace-ticks`, `--trace-limit`: single messages in a file.
#pragma once

#include <iosfwd>
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
  bool has_file() const { return !file_.empty(); }
  /// Throws UsageError if options contradict each other. Must be called before any loading.
  void check(const std::string& transport, std::size_t models) const;
  std::optional<TraceRequest> request(const Spec& spec) const;
  /// Throws FileError if the file cannot be written; doing this before the run saves the run's
  /// time.
  void prepare() const;
  /// Writes the file, and a warning to `err` for each rule that has reached the limit.
  void write(const Spec& spec, const RunResult& result, std::ostream& err) const;

 private:
  std::string file_;
  std::string ticks_;
  std::int64_t limit_ = TraceRequest{}.limit;
};

}  // namespace locus
