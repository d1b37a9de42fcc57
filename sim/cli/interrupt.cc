#include "sim/cli/interrupt.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <pthread.h>

namespace locus {
namespace {

/// Signals that are notices of a system and no person's wish.
constexpr std::array kNotices = {SIGHUP, SIGUSR1, SIGXCPU};

bool is_ignored(int number) {
  struct sigaction action = {};
  return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

sigset_t interrupts() {
  sigset_t set = {};
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  // A blocked signal is kept for a waiting thread although it is ignored, so it must be left out.
  for (const int number : kNotices) {
    if (!is_ignored(number)) sigaddset(&set, number);
  }
  return set;
}

timespec left_until(Interrupt::Clock::time_point end) {
  const auto left = std::max(std::chrono::nanoseconds(end - Interrupt::Clock::now()), std::chrono::nanoseconds(0));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(left);
  return {.tv_sec = seconds.count(), .tv_nsec = (left - seconds).count()};
}

}  // namespace

Interrupt::Interrupt(std::optional<Clock::time_point> end) : end_(end), set_(interrupts()) {
  pthread_sigmask(SIG_BLOCK, &set_, &before_);
  waiter_ = std::thread([this] { wait(); });
}

Interrupt::~Interrupt() {
  stop_ = true;
  pthread_kill(waiter_.native_handle(), SIGINT);  // wakes the wait
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::string Interrupt::signal() const {
  switch (cause_) {
    case SIGHUP: return "SIGHUP";
    case SIGUSR1: return "SIGUSR1";
    case SIGXCPU: return "SIGXCPU";
    default: return "";
  }
}

/// Waits for the next signal and returns its number, or kTimeLimit at the end of the time.
int Interrupt::next() const {
  for (;;) {
    timespec left = {};
    if (end_) left = left_until(*end_);
    const int number = ::sigtimedwait(&set_, nullptr, end_ ? &left : nullptr);
    if (number > 0) return number;
    if (errno == EAGAIN) return kTimeLimit;
  }
}

void Interrupt::set(int cause) {
  if (flag_) return;
  cause_ = cause;
  flag_ = true;
}

void Interrupt::wait() {
  bool repeated = false;  // true: SIGINT or SIGTERM has come before
  for (int number = next(); !stop_; number = next()) {
    set(number);
    if (number == kTimeLimit) end_.reset();
    if (number != SIGINT && number != SIGTERM) continue;
    if (repeated) {
      // The second signal has its usual effect.
      ::signal(number, SIG_DFL);
      pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
      ::raise(number);
    }
    repeated = true;
  }
}

HoldInterrupt::HoldInterrupt() {
  const sigset_t set = interrupts();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

HoldInterrupt::~HoldInterrupt() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace locus
