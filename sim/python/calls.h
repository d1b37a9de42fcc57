// Calls from a run back into Python: signals and progress, at most every `interval`.
//
// A run holds no interpreter lock. The watcher takes it, lets Python handle its signals (Ctrl-C),
// and calls the callback. An exception of either ends the run at once, and is raised when it has
// ended.
#pragma once

#include <atomic>
#include <cfenv>
#include <chrono>
#include <cstddef>
#include <future>
#include <utility>

#include <pybind11/pybind11.h>

#include "sim/run/run.h"

namespace locus::python {

namespace py = pybind11;

/// During its life, arithmetic of this thread is that of a fresh process: a run flushes denormal
/// numbers to 0, and code in Python must not notice.
class DefaultArithmetic {
 public:
  DefaultArithmetic() {
    std::fegetenv(&before_);
    std::fesetenv(FE_DFL_ENV);
  }
  ~DefaultArithmetic() { std::fesetenv(&before_); }
  DefaultArithmetic(const DefaultArithmetic&) = delete;
  DefaultArithmetic& operator=(const DefaultArithmetic&) = delete;

 private:
  std::fenv_t before_;
};

/// Works on a thread of its own, without the lock, while this one lets Python handle its signals
/// every 50 ms. An exception of theirs (Ctrl-C) sets `interrupt` and is raised when the work has
/// ended.
template <class Work>
auto with_signals(std::atomic<bool>& interrupt, Work work) {
  auto done = std::async(std::launch::async, std::move(work));
  const auto is_done = [&] {
    const py::gil_scoped_release release;
    return done.wait_for(std::chrono::milliseconds(50)) == std::future_status::ready;
  };
  while (!is_done()) {
    if (PyErr_CheckSignals() == 0) continue;
    const py::error_already_set raised;
    interrupt = true;
    while (!is_done()) continue;
    throw raised;
  }
  return done.get();
}

class Watcher {
 public:
  /// `progress` is None or is called with a dict; it ends the run by returning False. An interval
  /// of 0 calls it after every update.
  Watcher(py::object progress, std::chrono::duration<double> interval);
  /// Whether the run ends here. The lock is not held.
  bool ends(const Moment& moment);
  /// Raises what signals or the callback raised. The lock is held.
  void raise();

 private:
  bool call(const Moment& moment);

  py::object progress_;
  std::chrono::duration<double> interval_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point last_;
  py::object raised_;  // an exception; empty if there is none
};

}  // namespace locus::python
