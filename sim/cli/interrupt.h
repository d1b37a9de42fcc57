// Interrupt: Ctrl-C (SIGINT), and what a batch system sends (SIGTERM), as a flag that a run looks
// at between updates.
//
// Why a thread that waits for the signal, not a handler: a handler would need a global flag. The
// first signal sets the flag; a second one ends the process at once. Threads started while one of
// these lives inherit the blocked signal, so that it comes here. Invariant: at most one at a time
// in a process; to be made before other threads are started.
#pragma once

#include <atomic>
#include <csignal>
#include <thread>

namespace locus {

class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>& flag() const { return flag_; }

 private:
  void wait();

  std::atomic<bool> flag_ = false;
  std::atomic<bool> over_ = false;  // the wait is to end: this goes away
  sigset_t before_ = {};            // signals blocked before this came
  std::thread waiter_;
};

/// While this lives, both signals wait: for what must not be left half done by a command that
/// Ctrl-C otherwise ends at once.
class HoldInterrupt {
 public:
  HoldInterrupt();
  ~HoldInterrupt();
  HoldInterrupt(const HoldInterrupt&) = delete;
  HoldInterrupt& operator=(const HoldInterrupt&) = delete;

 private:
  sigset_t before_ = {};  // signals blocked before this came
};

}  // namespace locus
