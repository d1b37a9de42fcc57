// Ways: how the synapses of one projection learn, a variant of structs with columns of their own
// and the same few verbs: hear_axon (what the sources sent), hear_post (what the targets tell),
// commit (what has been learnt becomes a change, or weights) and finish. A verb has the same
// arguments in every way (moments.h); a way without it has nothing to do at that moment. What each
// does is a table in docs/architecture.md, which tests/transport/ways_table_test.cc holds against
// the structs.
//
// Why a variant: a way is chosen once, by the plan; a tick asks which it is once a projection and
// phase.
#pragma once

#include <variant>

#include "core/transport/columns/way_events.h"
#include "core/transport/columns/way_fused.h"
#include "core/transport/columns/way_local.h"
#include "core/transport/columns/way_taped.h"
#include "core/transport/columns/way_waiting.h"

namespace locus {

/// Nothing is learnt.
struct StaticWay {};

template <class R>
using AnyWay =
    std::variant<StaticWay, FusedWay<R>, LoopWay<R>, DeferredWay<R>, SharedWay<R>, SummedWay<R>, EventsWay<R>, LocalWay<R>>;

template <class R>
AnyWay<R> make_way(const Common<R>& common, ProjectionId p) {
  switch (common.plan_for(p).learns) {
    case Way::kStatic: break;
    case Way::kFused: return FusedWay<R>(common, p);
    case Way::kLoop: return LoopWay<R>(common, p);
    case Way::kDeferred: return DeferredWay<R>(common, p);
    case Way::kShared: return SharedWay<R>(common, p);
    case Way::kSummed: return SummedWay<R>(common, p);
    case Way::kEvents: return EventsWay<R>(common, p);
    case Way::kLocal: return LocalWay<R>(common, p);
  }
  return StaticWay{};
}

/// True if a way keeps the activities of its sources, and so needs them in every tick.
template <class R>
bool hears_axons(const AnyWay<R>& way) {
  return std::visit(
      []<class Own>(const Own&) {
        return requires { &Own::hear_axon; };
      },
      way);
}

/// The changes that wait for the commit (synapses); null: none do.
template <class R>
Column<R>* changes_of(AnyWay<R>& way) {
  return std::visit(
      [](auto& own) -> Column<R>* {
        if constexpr (requires { own.delta(); }) {
          return own.delta().empty() ? nullptr : &own.delta();
        } else {
          return nullptr;
        }
      },
      way);
}

}  // namespace locus
