// CHECK: an invariant that holds unless the program itself is wrong.
//
// Always on, in release builds too. It throws CheckFailure, so that a library never ends its
// caller's process; the program turns it into exit code 70 in one place (sim/cli/app.cc).
// Wrong input is never a CHECK: input is refused at the border (sim/model) with a typed error.
// Cost: one predictable branch. Never inside a per-synapse loop.
#pragma once

#include <stdexcept>
#include <string>

namespace locus {

/// A defect of the program: says the condition, the place and why it matters.
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
