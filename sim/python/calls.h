// Calls from a run back into Python: signals and progress, at most every `interval`.
//
// A run holds no interpreter lock. The watcher takes it, lets Python handle its signals (Ctrl-C),
// and calls the callback. An exception of either ends the run at once, and is raised when it has
// ended.
#pragma once

#include <cfenv>
#include <chrono>
#include <cstddef>

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
