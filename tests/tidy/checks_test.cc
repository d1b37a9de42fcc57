// Every check flags what it is for, at the line where it stands, and lets pass what is allowed:
// none is a check that cannot fail.
#include "tests/tidy/checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "tests/tidy/flagged.h"

namespace locus::tidy {
namespace {

TEST(Arrows, PointOneWayWithinCore) {
  EXPECT_EQ(flagged(check_arrows, {{"core/wire/a.h", "#include \"core/base/id.h\"\n#include \"core/wire/b.h\"\n"}}),
            Lines{});
  EXPECT_EQ(flagged(check_arrows, {{"core/base/a.h", "\n#include \"core/wire/channel.h\"\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_arrows, {{"core/transport/a.cc", "#include \"core/nonlocal/agent.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"core/protocol/a.cc", "  #  include \"core/transport/mailbox/mailbox.h\"\n"}}),
            Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"core/plan/a.cc", "#include \"core/protocol/a.h\"\n#include \"core/kernel/a.h\"\n"}}),
            Lines{});
  // Rooms of one floor do not see each other, and a kernel knows no plan.
  EXPECT_EQ(flagged(check_arrows, {{"core/kernel/a.h", "#include \"core/protocol/a.h\"\n#include \"core/plan/a.h\"\n"}}),
            (Lines{1, 2}));
  EXPECT_EQ(flagged(check_arrows, {{"core/protocol/a.h", "#include \"core/kernel/a.h\"\n"}}), Lines{1});
}

TEST(Arrows, PointOneWayWithinSim) {
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include \"sim/model/spec.h\"\n#include \"core/nonlocal/a.h\"\n"}}),
            Lines{});
  EXPECT_EQ(flagged(check_arrows, {{"sim/cli/a.cc", "#include \"sim/theory/a.h\"\n#include \"sim/report/a.h\"\n"}}),
            Lines{});
  EXPECT_EQ(flagged(check_arrows, {{"sim/model/a.cc", "#include \"sim/run/run.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/report/a.cc", "#include \"sim/cli/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/theory/a.cc", "#include \"sim/model/spec.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include \"sim/theory/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(
      flagged(check_arrows,
              {{"sim/study/a.cc", "#include \"sim/theory/a.h\"\n#include \"sim/run/a.h\"\n#include \"core/wire/a.h\"\n"}}),
      Lines{});
  EXPECT_EQ(flagged(check_arrows, {{"sim/study/a.cc", "#include \"sim/report/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/report/a.cc", "#include \"sim/study/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/theory/a.cc", "#include \"sim/study/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/python/a.cc", "#include \"sim/run/a.h\"\n#include \"sim/cli/a.h\"\n"}}), Lines{2});
}

TEST(Arrows, DoNotPointFromCoreToSimNorFromEitherToTests) {
  EXPECT_EQ(flagged(check_arrows, {{"core/nonlocal/a.cc", "#include \"sim/model/spec.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include \"tests/support/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"tests/run/a_test.cc", "#include \"tests/support/a.h\"\n#include \"sim/cli/a.h\"\n"}}),
            Lines{});
}

TEST(Arrows, KnowOnlyTheRoomsOfTheHouseAndPathsFromTheRoot) {
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include \"core/cellar/a.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include \"run.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include <core/base/id.h>\n"}}), Lines{1});
}

TEST(Arrows, ShowGeneratedCodeToModelReportAndTheirTestsOnly) {
  const std::string generated = "#include \"locus/v1/model.pb.h\"\n";
  for (const char* path : {"sim/model/a.cc", "sim/report/a.cc", "tests/model/a_test.cc"}) {
    EXPECT_EQ(flagged(check_arrows, {{path, generated}}), Lines{}) << path;
  }
  for (const char* path : {"sim/run/a.cc", "sim/cli/a.cc", "core/base/a.h", "tests/run/a_test.cc"}) {
    EXPECT_EQ(flagged(check_arrows, {{path, generated}}), Lines{1}) << path;
  }
  EXPECT_EQ(flagged(check_arrows, {{"sim/run/a.cc", "#include <locus/v1/model.pb.h>\n"}}), Lines{1});
}

TEST(Arrows, IgnoreWhatStandsInCommentsAndStrings) {
  EXPECT_EQ(
      flagged(check_arrows, {{"core/base/a.h", "// #include \"sim/run/run.h\"\n/*\n#include \"sim/run/run.h\"\n*/\n"}}),
      Lines{});
  EXPECT_EQ(flagged(check_arrows, {{"core/base/a.cc", "const char* s = \"#include \\\"sim/run/run.h\\\"\";\n"}}), Lines{});
}

TEST(FrontDoor, ReachesNoTransport) {
  const std::pair<std::string, std::string> front = {"sim/locus.h", "#include \"sim/run/run.h\"\n"};
  EXPECT_EQ(flagged(check_front_door, {front, {"sim/run/run.h", "#include \"core/wire/ledger.h\"\n"}}), Lines{});
  EXPECT_EQ(flagged(check_front_door, {front,
                                       {"sim/run/run.h", "\n#include \"sim/run/trace.h\"\n"},
                                       {"sim/run/trace.h", "\n\n#include \"core/transport/record.h\"\n"}}),
            Lines{3});
  EXPECT_EQ(flagged(check_front_door, {front, {"sim/run/run.h", "#include \"core/actor/network.h\"\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_front_door, {front, {"sim/run/learner.h", "#include \"core/transport/record.h\"\n"}}), Lines{});
}

TEST(RoomsTable, HasARowForEveryRoom) {
  const auto told = [&](const std::string& room, const std::string& page) {
    const Faults faults = check_rooms_table(
        tree_of({{"docs/architecture.md", page}, {"sim/serve/a.h", ""}, {"core/transport/columns/a.h", ""}}));
    return std::any_of(faults.begin(), faults.end(), [&](const Fault& fault) { return fault.what.ends_with(" " + room); });
  };
  EXPECT_TRUE(told("sim/serve", "| `sim/sweep` | many runs |\n"));
  EXPECT_FALSE(told("sim/serve", "| `sim/sweep`, `sim/serve` | many runs |\n"));
  EXPECT_TRUE(told("sim/serve", "| many runs | `sim/serve` |\n"));
  EXPECT_FALSE(told("core/transport/columns", "| `core/transport` | the seam |\n"));
}

TEST(Dependencies, AreSeenOnlyByTheRoomsThatNeedThem) {
  EXPECT_EQ(flagged(check_dependencies, {{"core/base/a.cc", "#include <vector>\n#include <Random123/philox.h>\n"}}),
            Lines{});
  EXPECT_EQ(flagged(check_dependencies, {{"core/wire/a.cc", "#include <Eigen/Dense>\n#include <fmt/core.h>\n"}}), Lines{2});
  EXPECT_EQ(flagged(check_dependencies, {{"core/wire/a.cc", "#include <unistd.h>\n#include <sys/stat.h>\n"}}),
            (Lines{1, 2}));
  EXPECT_EQ(flagged(check_dependencies, {{"sim/run/a.h", "#include <boost/asio.hpp>\n"}}), Lines{});
  EXPECT_EQ(flagged(check_dependencies, {{"sim/task/a.h", "#include <boost/asio.hpp>\n"}}), Lines{1});
  EXPECT_EQ(
      flagged(check_dependencies, {{"sim/run/a.cc", "#include <CLI/CLI.hpp>\n#include <google/protobuf/message.h>\n"}}),
      (Lines{1, 2}));
  EXPECT_EQ(flagged(check_dependencies, {{"sim/cli/a.cc", "#include <CLI/CLI.hpp>\n#include <unknown/library.h>\n"}}),
            Lines{2});
  EXPECT_EQ(
      flagged(check_dependencies, {{"examples/a.cc", "#include <locus/locus.h>\n#include <locus/core/wire/door.h>\n"}}),
      Lines{2});
}

TEST(OwnHeader, StandsFirst) {
  const std::pair<std::string, std::string> header = {"core/base/a.h", ""};
  EXPECT_EQ(flagged(check_own_header, {header, {"core/base/a.cc", "#include \"core/base/a.h\"\n#include <vector>\n"}}),
            Lines{});
  EXPECT_EQ(flagged(check_own_header, {header, {"core/base/a.cc", "#include <vector>\n#include \"core/base/a.h\"\n"}}),
            Lines{1});
  EXPECT_EQ(flagged(check_own_header, {header, {"core/base/a.cc", "int x;\n"}}), Lines{1});
  EXPECT_EQ(flagged(check_own_header, {{"core/base/b.cc", "#include <vector>\n"}}), Lines{});
}

TEST(Silence, IsKeptByLibraries) {
  const std::string prints =
      "#include <iostream>\nvoid f() { std::cout << 1; }\nvoid g() { printf(\"%d\", 1); }\nvoid h() { std::puts(\"\"); }\n";
  EXPECT_EQ(flagged(check_silence, {{"core/base/a.cc", prints}}), (Lines{1, 2, 3, 4}));
  EXPECT_EQ(flagged(check_silence, {{"sim/run/a.cc", prints}}), (Lines{1, 2, 3, 4}));
  EXPECT_EQ(flagged(check_silence, {{"sim/cli/a.cc", prints}}), Lines{});
  EXPECT_EQ(flagged(check_silence, {{"sim/run/a.cc", "// std::cout\nint n = std::snprintf(b, 3, \"printf(\");\n"}}),
            Lines{});
}

TEST(Silence, LeavesTheProcessToMain) {
  const std::string ends =
      "void f() { exit(1); }\nvoid g() { std::abort(); }\nvoid h() { std::terminate(); }\nvoid on_exit(); int exit_code;\n";
  EXPECT_EQ(flagged(check_silence, {{"core/base/a.cc", ends}}), (Lines{1, 2, 3}));
  EXPECT_EQ(flagged(check_silence, {{"sim/cli/a.cc", ends}}), (Lines{1, 2, 3}));
  const std::string catches = "int main() try {} catch (...) {}\n";
  EXPECT_EQ(flagged(check_silence, {{"sim/cli/main.cc", catches}}), Lines{});
  EXPECT_EQ(flagged(check_silence, {{"sim/cli/run.cc", catches}}), Lines{1});
}

TEST(Macros, AreNoneButCheck) {
  EXPECT_EQ(flagged(check_macros, {{"core/base/check.h", "#define CHECK(c, why) \\\n  (c)\n#define OTHER 1\n"}}), Lines{3});
  EXPECT_EQ(flagged(check_macros, {{"sim/run/a.cc", "#define CHECK 1\n  #  undef X\n#ifdef NDEBUG\n#endif\n"}}),
            (Lines{1, 2}));
}

TEST(Inheritance, IsForExceptionsInCore) {
  const std::string text =
      "class A : public std::logic_error {};\nstruct B : A {};\nclass C final : public B<int> {};\n"
      "enum class D : std::uint8_t { k };\ntemplate <class R>\nstruct E {\n  virtual ~E();\n  void f() override;\n  int bits : 3;\n};\n"
      "struct F { int x = locus::y; };\n";
  EXPECT_EQ(flagged(check_inheritance, {{"core/base/a.h", text}}), (Lines{7, 8, 2, 3}));
  EXPECT_EQ(flagged(check_inheritance, {{"sim/model/a.h", text}}), Lines{});
}

TEST(Globals, AreConstant) {
  const std::string good =
      "namespace locus {\nconstexpr int kA = 1;\nextern const std::array<int, 3> kB;\nconst std::vector<int> kC = {1, 2};\n"
      "int f(int a = 3);\nusing X = int;\ntemplate <class T>\nusing V = std::vector<T>;\nstruct S;\n"
      "struct T { int a = 0; static constexpr int k = 1; };\n"
      "inline constexpr std::array kD = std::to_array<int>({1, 2});\nstatic_assert(true);\ntemplate <class T> class W;\n"
      "template <class T>\nconcept C = true;\nextern template class W<int>;\nconst char* const kE = \"e\";\n"
      "int g() {\n  static const int k = 1;\n  static constexpr int m = 2;\n  return static_cast<int>(k) + m;\n}\n}  // namespace locus\n";
  EXPECT_EQ(flagged(check_globals, {{"core/base/a.cc", good}}), Lines{});
  const std::string bad =
      "int a;\nnamespace {\nstatic std::vector<int> b = {1};\nstd::atomic<bool> c{false};\nconst char* d = \"d\";\n"
      "inline thread_local int e = 0;\nextern int f;\nstruct S { static int g; };\nstd::function<void(int)> h;\n}\n"
      "int i() {\n  static int calls = 0;\n  thread_local int own;\n  return ++calls;\n}\n";
  EXPECT_EQ(flagged(check_globals, {{"core/base/a.cc", bad}}), (Lines{1, 3, 4, 5, 6, 7, 8, 9, 12, 13}));
  EXPECT_EQ(flagged(check_globals, {{"tests/run/a_test.cc", bad}}), Lines{});
}

TEST(SharedPtr, IsNotUsed) {
  EXPECT_EQ(flagged(check_shared_ptr, {{"sim/run/a.h", "std::unique_ptr<A> a;\nstd::shared_ptr<A> b;\n// shared_ptr\n"}}),
            Lines{2});
  EXPECT_EQ(flagged(check_shared_ptr, {{"core/wire/a.cc", "auto c = std::make_shared<A>();\n"}}), Lines{1});
}

TEST(FileSize, IsBounded) {
  EXPECT_EQ(flagged(check_file_size, {{"core/base/a.h", repeated("int x;\n", 399)}}), Lines{});
  EXPECT_EQ(flagged(check_file_size, {{"core/base/a.h", repeated("int x;\n", 400)}}), Lines{0});
  EXPECT_EQ(flagged(check_file_size, {{"tests/run/CMakeLists.txt", repeated("\n", 400)}}), Lines{0});
  EXPECT_EQ(flagged(check_file_size, {{"models/a.txtpb", repeated("1\n", 1000)}}), Lines{});
  EXPECT_EQ(flagged(check_file_size, {{"core/base/a.h", "\n" + repeated("x", 150) + "\n" + repeated("x", 151) + "\n"}}),
            Lines{3});
  // 150 letters of two bytes
  EXPECT_EQ(flagged(check_file_size, {{"core/base/a.h", repeated("\xc3\xa9", 150)}}), Lines{});
}

TEST(FunctionSize, IsBounded) {
  const auto body = [](std::string_view head, int lines) {
    return std::string(head) + " {\n" + repeated("  x();\n", lines - 2) + "}\n";
  };
  EXPECT_EQ(flagged(check_function_size, {{"core/base/a.cc", body("void f()", 69)}}), Lines{});
  EXPECT_EQ(flagged(check_function_size, {{"core/base/a.cc", "\n" + body("void f()", 70)}}), Lines{2});
  EXPECT_EQ(flagged(check_function_size,
                    {{"core/base/a.cc", "namespace a {\n" + body("template <class R>\nvoid f(R r)", 69) + "}\n"}}),
            Lines{2});
  EXPECT_EQ(flagged(check_function_size,
                    {{"core/base/a.h", "class A {\n public:\n" + body("  A(int x) : x_{x}", 70) + "};\n"}}),
            Lines{3});
  EXPECT_EQ(flagged(check_function_size, {{"tests/run/a_test.cc", body("TEST(A, B)", 70)}}), Lines{1});
  // Classes, namespaces and tables may be as long as a file.
  EXPECT_EQ(flagged(check_function_size, {{"core/base/a.h", body("struct alignas(64) A", 90)}}), Lines{});
  EXPECT_EQ(flagged(check_function_size, {{"core/base/a.h", body("const std::array<A, f(3)> kA =", 90)}}), Lines{});
  EXPECT_EQ(flagged(check_function_size, {{"core/base/a.h", "namespace a {\n" + repeated("void f() {\n}\n", 60) + "}\n"}}),
            Lines{});
}

}  // namespace
}  // namespace locus::tidy
