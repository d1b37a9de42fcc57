// Ranks: this process among those that share one run, and the module over which they talk.
//
// A process that no launcher has started opens nothing and is alone. Under a launcher of several,
// the module of the launcher's MPI (rank_module.h) is opened; it is looked for beside the program,
// or is the file that LOCUS_MPI_MODULE names.
// Errors: UsageError, where copies of the program would not find each other.
#pragma once

#include <string>

#include "core/base/rank_exchange.h"
#include "sim/ranks/launch.h"

struct LocusRankModule;

namespace locus {

class Ranks {
 public:
  /// Alone.
  Ranks() = default;
  /// Joins the others of a launch; alone where it is of one process.
  explicit Ranks(const Launch& launch);
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  bool alone() const { return exchange_.ranks == 1; }
  bool is_first() const { return exchange_.rank == 0; }
  const RankExchange& exchange() const { return exchange_; }
  /// "rank 3 on HOST".
  std::string name() const;
  /// "Open MPI"; empty if alone.
  std::string family() const;

  /// Waits for all, and leaves; must be the last call.
  void finish();
  /// Ends all processes with this exit code. What returns from it must send nothing more.
  void end_all(int code);

 private:
  void* library_ = nullptr;
  const LocusRankModule* module_ = nullptr;
  RankExchange exchange_;
};

}  // namespace locus
