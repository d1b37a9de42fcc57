#include "sim/cli/interrupt.h"

#include <pthread.h>

namespace locus {
namespace {

sigset_t interrupts() {
  sigset_t set = {};
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

Interrupt::Interrupt() {
  const sigset_t set = interrupts();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
  waiter_ = std::thread([this] { wait(); });
}

Interrupt::~Interrupt() {
  stop_ = true;
  pthread_kill(waiter_.native_handle(), SIGINT);  // wakes the wait
  waiter_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::wait() {
  const sigset_t set = interrupts();
  int number = 0;
  while (sigwait(&set, &number) == 0 && !stop_) {
    if (flag_.exchange(true)) {
      // The second signal has its usual effect.
      ::signal(number, SIG_DFL);
      pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
      ::raise(number);
    }
  }
}

HoldInterrupt::HoldInterrupt() {
  const sigset_t set = interrupts();
  pthread_sigmask(SIG_BLOCK, &set, &before_);
}

HoldInterrupt::~HoldInterrupt() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

}  // namespace locus
