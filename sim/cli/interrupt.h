// Interrupt: the requests to end a run early, as a flag that a run checks between updates. They
// are SIGINT (Ctrl-C), SIGTERM, SIGHUP (a closed terminal), SIGUSR1 and SIGXCPU (warnings of batch
// systems), and a time limit.
//
// A thread waits for the signals, because a signal handler would need a global flag. The first
// request sets the flag. A second SIGINT or SIGTERM ends the process at once; the other signals
// never do, because a terminal and the kernel send them several times (SIGXCPU every second).
// SIGHUP, SIGUSR1 and SIGXCPU stay without effect if they were ignored before, as under nohup.
// Threads that start during the life of an Interrupt inherit the blocked signals, so that only the
// waiting thread gets them.
// Invariant: at most one at a time in a process, made before other threads start.
#pragma once

#include <atomic>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <thread>

namespace locus {

class Interrupt {
 public:
  using Clock = std::chrono::steady_clock;

  /// `end`: the flag is set then, if it has not been set before.
  explicit Interrupt(std::optional<Clock::time_point> end = {});
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  const std::atomic<bool>& flag() const { return flag_; }
  /// True if the time limit set the flag.
  bool is_late() const { return cause_ == kTimeLimit; }
  /// "SIGHUP": the signal that set the flag, if it is none of SIGINT and SIGTERM; otherwise empty.
  std::string signal() const;

 private:
  static constexpr int kTimeLimit = -1;

  void wait();
  int next() const;
  void set(int cause);

  std::optional<Clock::time_point> end_;  // used by the waiting thread only
  std::atomic<bool> flag_ = false;
  std::atomic<int> cause_ = 0;      // number of the signal, or kTimeLimit; 0: none yet
  std::atomic<bool> stop_ = false;  // true: the destructor ends the wait
  sigset_t before_ = {};            // signals blocked before the constructor
  sigset_t set_ = {};               // the signals that the thread waits for
  std::thread waiter_;
};

/// Blocks the same signals during its life. It protects a step that must not be left half done in
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
