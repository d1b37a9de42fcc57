// expect: no matching function for call to 'locus::Mailbox<double>::send<
//
// ADJOINT is the backward agent's channel: a synapse has no such wire.
#include "core/transport/mailbox/mailbox.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
void send(Mailbox<double>& transport, Queues<Adjoint<double>>& queues) {
  transport.send<Channel::kAdjoint, Party::kSynapse, Party::kRate>(
      queues, 0, 1, [](int) {}, [](const Envelope<Adjoint<double>>&) { return Endpoints{}; });
}
#else
void send(Mailbox<double>& transport, Queues<Adjoint<double>>& queues) {
  transport.send<Channel::kAdjoint, Party::kAgent, Party::kRate>(
      queues, 0, 1, [](int) {}, [](const Envelope<Adjoint<double>>&) { return Endpoints{}; });
}
#endif

}  // namespace locus
