// CHECK: an invariant that holds unless the program itself is wrong.
//
// It is always on, also in release builds. It throws CheckFailure, so that a library never ends its
// caller's process; the program turns the exception into exit code 70 in one place
// (sim/cli/app.cc). Wrong input is never a CHECK: sim/model refuses it at the border with a typed
// error.
// Cost: one predictable branch, so never use it inside a loop over synapses.
#pragma once

#include <stdexcept>
#include <string>

namespace locus {

/// A defect of the program: the condition, its place and its reason.
class CheckFailure : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line, const std::string& why);

}  // namespace locus

/// CHECK(condition, why): `why` is evaluated only on failure.
#define CHECK(condition, why)                                     \
  do {                                                            \
    if (!(condition)) [[unlikely]]                                \
      ::locus::check_failed(#condition, __FILE__, __LINE__, why); \
  } while (false)
