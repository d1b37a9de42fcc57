#include "sim/cli/run_ranks.h"

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>

#include <fmt/format.h>
#include <gnu/libc-version.h>

#include "core/base/level.h"
#include "core/wire/part.h"
#include "sim/cli/help.h"
#include "sim/cli/interrupt.h"
#include "sim/model/wire.h"
#include "sim/ranks/agree.h"
#include "sim/run/learner.h"
#include "sim/run/provenance.h"

namespace locus {

Exit in_ranks(std::string_view program, bool apart, const Console& console,
              FunctionRef<Exit(const Ranks&, const Console&)> body) {
  const Launch launch = apart ? Launch() : present_launch();
  if (launch.ranks == 1) return body(Ranks(), console);
  std::optional<Ranks> ranks;
  {
    const HoldInterrupt hold;  // the threads of an MPI library must not take a run's signals
    ranks.emplace(launch);
  }
  const bool first = ranks->is_first();
  std::ostream silent(nullptr);
  const Console heard = first ? console : Console{silent, silent, false, console.words};
  const std::string speaker = first ? std::string(program) : fmt::format("{}: {}", program, ranks->name());
  bool ended = false;
  const Exit code = guarded(speaker, console.err, [&] {
    const Exit own = body(*ranks, heard);
    ended = true;
    return own;
  });
  if (!ended) {
    console.out << std::flush;
    console.err << std::flush;
    ranks->end_all(static_cast<int>(code));
    return code;
  }
  // a launcher ends the others when one process ends with another code than 0
  ranks->finish();
  return first ? code : Exit::kDone;
}

void in_turn(const Ranks& ranks, FunctionRef<void()> work) {
  if (ranks.is_first()) work();
  if (ranks.alone()) return;
  heard_of_first(ranks.exchange(), char{0});
  if (!ranks.is_first()) work();
}

void check_ranks(const Ranks& ranks, const Spec& spec, const Console& console) {
  if (ranks.alone()) return;
  const Topology topology = topology_of(spec, Listing::kNone);
  for (const RuleSpec& rule : spec.rules) check_shareable(spec, topology, rule);
  const std::vector<Share> shares = shares_of(topology, ranks.exchange().ranks);
  const auto idle = std::ranges::count(shares, 0, &Share::size);
  if (idle > 0 && ranks.is_first())
    console.err << fmt::format(
        "warning: {} of {} ranks have no neurons: ranks own whole grains of {} neurons of a population\n", idle,
        shares.size(), topology.grain);
}

void check_identity(const Ranks& ranks, const Spec& spec, bool rank_of_large, const RunState* from) {
  if (ranks.alone()) return;
  std::string own = fmt::format("{}, {}, glibc {}, model {} under {}", version_line(), level(),
                                ::gnu_get_libc_version(), spec.sha256.substr(0, 12),
                                provenance_of(spec, TransportKind::kBatched, rank_of_large).sha256.substr(0, 12));
  if (from != nullptr) {
    for (const RuleState& rule : from->rules) own += fmt::format(", {} at update {}", rule.rule, rule.updates);
  }
  const std::vector<std::string> all = texts_of_all(ranks.exchange(), own);
  in_turn(ranks, [&] {
    for (std::size_t rank = 1; rank < all.size(); ++rank) {
      if (all[rank] != all.front())
        throw RanksDisagree(fmt::format("ranks 0 and {} are not of one run: {}; {}", rank, all.front(), all[rank]));
    }
  });
}

}  // namespace locus
