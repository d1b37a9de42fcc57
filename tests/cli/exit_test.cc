// Every kind of end has its exit code and a line with the reason.
#include <new>
#include <sstream>
#include <system_error>

#include <gtest/gtest.h>

#include "core/base/check.h"
#include "sim/cli/app.h"
#include "sim/model/errors.h"
#include "sim/report/memory.h"

namespace locus {
namespace {

struct End {
  Exit code = Exit::kDone;
  std::string says;
};

End end_of(FunctionRef<Exit()> body) {
  std::ostringstream err;
  const Exit code = guarded("locus test", err, body);
  return {code, err.str()};
}

TEST(ExitCode, IsTheBodysWhereNothingIsThrown) {
  const End end = end_of([] { return Exit::kBudgetBroken; });
  EXPECT_EQ(end.code, Exit::kBudgetBroken);
  EXPECT_EQ(end.says, "");
}

TEST(ExitCode, OfAFailedCheckIsADefect) {
  const End end = end_of([]() -> Exit {
    CHECK(1 + 1 == 3, "sums are right");
    return Exit::kDone;
  });
  EXPECT_EQ(end.code, Exit::kDefect);
  EXPECT_EQ(static_cast<int>(end.code), 70);
  EXPECT_EQ(end.says.find("locus test: defect of the program, please report it: "), 0U) << end.says;
  EXPECT_NE(end.says.find("sums are right"), std::string::npos) << end.says;
  EXPECT_NE(end.says.find("exit_test.cc"), std::string::npos) << end.says;
}

TEST(ExitCode, OfWhatNobodyThoughtOfIsADefect) {
  EXPECT_EQ(end_of([]() -> Exit { throw std::logic_error("odd"); }).code, Exit::kDefect);
}

TEST(ExitCode, OfWhatTheSystemRefusesIsAFailure) {
  EXPECT_EQ(end_of([]() -> Exit { throw std::bad_alloc(); }).code, Exit::kFailed);
  EXPECT_EQ(end_of([]() -> Exit { throw NotEnoughMemory("too large"); }).code, Exit::kFailed);
  EXPECT_EQ(end_of([]() -> Exit { throw std::system_error(EAGAIN, std::generic_category(), "no thread"); }).code,
            Exit::kFailed);
}

TEST(ExitCode, OfAWrongLineShowsWhereHelpIs) {
  const End end = end_of([]() -> Exit { throw UsageError("no such thing"); });
  EXPECT_EQ(end.code, Exit::kUsage);
  EXPECT_EQ(end.says, "locus test: no such thing\nTry: locus test --help\n");
}

}  // namespace
}  // namespace locus
