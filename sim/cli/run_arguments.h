// RunArguments: the command line of `locus run`, and the meaning of single options.
//
// A plain struct, because several objects read it: the models (run_jobs.h), the observers of a run
// (run_observers.h) and its outputs (run_outputs.h). The order of declaration is the order in which
// help lists the options. `locus resume` parses the words of a checkpoint into the same struct.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/cli/checkpoint_option.h"
#include "sim/cli/chip_options.h"
#include "sim/cli/compile_option.h"
#include "sim/cli/duration.h"
#include "sim/cli/memory_option.h"
#include "sim/cli/trace_option.h"
#include "sim/cli/weights_option.h"
#include "sim/model/overrides.h"
#include "sim/ranks/launch.h"
#include "sim/run/run.h"

namespace locus {

/// `--ranks off`, of `run` and `resume`.
void declare_ranks(CLI::App& app, std::string& ranks);

struct RunArguments {
  std::vector<std::string> models;    // paths of model files
  std::vector<std::string> rules;     // --rule; empty: the model's rules
  std::vector<std::string> settings;  // --set, PATH=VALUE
  std::optional<std::int64_t> updates;
  std::optional<std::uint64_t> seed;
  std::optional<std::int64_t> compare;  // updates between comparisons of rules
  int threads = 0;                      // 0: as many as the machine has
  std::string ranks;                    // "off": copies of a launcher are runs of their own
  std::string transport;                // "batched", "mailbox" or empty
  std::string locality;                 // name of a budget, or empty
  std::string out;                      // folder of the results, or empty
  std::optional<std::uint16_t> serve;   // port of the live page; 0: any free port
  std::string serve_host;               // address of the live page, or empty
  std::string tensorboard;              // folder of event files, or empty
  WeightsOption weights;
  CostOption cost;
  TraceOption trace;
  CheckpointOption checkpoint;
  CompileOption compile;
  MemoryOption memory;
  TimeLimitOption time_limit;
  bool rank = false;  // true: singular values of large projections too
  bool quiet = false;
  bool json = false;

  void declare(CLI::App& app);
  /// Throws UsageError for options that contradict each other. Must be called before any loading.
  void check() const;
  /// The same for what ranks that share a run cannot be asked for. `resumes`: the checkpoint holds
  /// the model.
  void check_shared(bool resumes) const;
  /// Asks for no text and no file: those are the first rank's.
  void keep_silent();
  /// Gives copies that are runs of their own (--ranks off) folders of their own: DIR/rank-K. Throws
  /// UsageError if they would begin one file; one that resumes has the lock of its checkpoint.
  void keep_apart(const Launch& launch, bool resumes);

  Overrides overrides() const;
  /// Those of --set, and compare.every of --compare.
  std::vector<std::string> all_settings() const;
  /// A trace needs the mailbox, whatever `transport` says.
  TransportKind transport_kind() const;
};

}  // namespace locus
