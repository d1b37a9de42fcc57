// The clock of the mailbox's neurons and readouts, each alone; it carries no message.
#pragma once

#include "core/transport/mailbox/common.h"

namespace locus {

/// Neurons, readouts and those synapses that learn begin a trial.
template <class R>
void begin_trial(MailboxCommon<R>& common);
/// Neurons of trials whose last tick to wait was `before` begin. False where none of them changes.
template <class R>
bool begin_late(MailboxCommon<R>& common, Tick before);
/// Currents, signals and errors start at 0.
template <class R>
void begin_tick(MailboxCommon<R>& common);
template <class R>
void step_neurons(MailboxCommon<R>& common);
template <class R>
void step_readouts(MailboxCommon<R>& common);

}  // namespace locus
