#include "sim/cli/trace_option.h"

#include <charconv>
#include <filesystem>
#include <ostream>

#include <fmt/format.h>

#include "sim/cli/options.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/trace_file.h"

namespace locus {
namespace {

constexpr std::uint64_t kMostTraced = 100'000'000;  // messages

/// Reads "A:B" with 1 <= A <= B.
std::optional<std::pair<std::int64_t, std::int64_t>> ticks_of(const std::string& text) {
  std::int64_t first = 0;
  std::int64_t last = 0;
  const char* const end = text.data() + text.size();
  const auto one = std::from_chars(text.data(), end, first);
  if (one.ec != std::errc() || one.ptr == end || *one.ptr != ':') return std::nullopt;
  const auto two = std::from_chars(one.ptr + 1, end, last);
  if (two.ec != std::errc() || two.ptr != end || first < 1 || last < first) return std::nullopt;
  return std::pair(first, last);
}

std::string check_ticks(const std::string& text) {
  return ticks_of(text) ? "" : fmt::format("is \"{}\"; must be A:B, ticks from 1, B not before A", text);
}

}  // namespace

void TraceOption::declare(CLI::App& app) {
  app.add_option(
         "--trace", file_,
         "write messages one by one to this file: .csv, or .pftrace for ui.perfetto.dev; of one model, over the mailbox")
      ->type_name("FILE");
  app.add_option("--trace-ticks", ticks_, "ticks to trace, counted over the run from 1 (default: the first trial's)")
      ->type_name("A:B")
      ->check(check_ticks, "");
  app.add_option("--trace-limit", limit_, "messages to trace of each rule (default 100000)")
      ->type_name("N")
      ->check(whole_number(1, kMostTraced), "");
}

void TraceOption::check(const std::string& transport, std::size_t models) const {
  if (!has_file()) {
    if (!ticks_.empty()) throw UsageError("--trace-ticks is given without --trace");
    return;
  }
  if (transport == "batched")
    throw UsageError("--trace needs every message alone: --transport mailbox, or leave --transport away");
  if (models > 1) throw UsageError(fmt::format("--trace is for one model; {} are given", models));
  const std::string extension = std::filesystem::path(file_).extension().string();
  if (extension != ".csv" && extension != ".pftrace")
    throw UsageError(fmt::format("--trace is \"{}\"; must end in .csv or .pftrace", file_));
}

std::optional<TraceRequest> TraceOption::request(const Spec& spec) const {
  if (!has_file()) return std::nullopt;
  const auto range = ticks_of(ticks_).value_or(std::pair<std::int64_t, std::int64_t>(1, spec.training.ticks));
  return TraceRequest{range.first, range.second, limit_};
}

void TraceOption::prepare() const {
  if (has_file()) write_file_whole(file_, "");
}

void TraceOption::write(const Spec& spec, const RunResult& result, std::ostream& err) const {
  if (!has_file()) return;
  write_trace(spec, result, file_);
  for (const Outcome& outcome : result.outcomes) {
    if (const std::string text = limit_text(outcome); !text.empty())
      err << fmt::format("warning: --trace {}: {}; --trace-limit N takes more\n", file_, text);
  }
}

}  // namespace locus
