// Interrupt: SIGINT (Ctrl-C) and SIGTERM (of a batch system) as a flag that a run checks between
// updates.
//
// A thread waits for the signals, because a signal handler would need a global flag. The first
// signal sets the flag; a second one ends the process at once. Threads that start during the life
// of an Interrupt inherit the blocked signals, so that only the waiting thread gets them.
// Invariant: at most one at a time in a process, made before other threads start.
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
  std::atomic<bool> stop_ = false;  // true: the destructor ends the wait
  sigset_t before_ = {};            // signals blocked before the constructor
  std::thread waiter_;
};

/// Blocks both signals during its life. It protects a step that must not be left half done in
/// commands that otherwise end at once on Ctrl-C.
class HoldInterrupt {
 public:
  HoldInterrupt();
  ~HoldInterrupt();
  HoldInterrupt(const HoldInterrupt&) = delete;
  HoldInterrupt& operator=(const HoldInterrupt&) = delete;

 private:
  sigset_t before_ = {};  // signals blocked before the constructor
};

}  // namespace locus
