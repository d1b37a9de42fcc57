// expect: no matching function for call to 'locus::Door::pass<
//
// The door has no ADJOINT from a synapse, whoever calls it and wherever.
#include "core/wire/door.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
void send(Door& door) {
  door.pass<Channel::kAdjoint, Party::kSynapse, Party::kRate>(0, 1, 1, [] { return Endpoints{}; });
}
#else
void send(Door& door) {
  door.pass<Channel::kAdjoint, Party::kAgent, Party::kRate>(0, 1, 1, [] { return Endpoints{}; });
}
#endif

}  // namespace locus
