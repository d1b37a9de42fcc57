// The line of progress: its text, its times, and its absence without a terminal.
#include "sim/cli/progress.h"

#include <fcntl.h>
#include <sstream>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "sim/report/text.h"
#include "tests/cli/invoke.h"

namespace locus {
namespace {

/// The text on a terminal's line after each write.
std::vector<std::string> lines_of(const std::string& written) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; (at = written.find('\r', at)) != std::string::npos; ++at) {
    const std::size_t end = written.find("\x1b[K", at);
    lines.push_back(written.substr(at + 1, end - at - 1));
  }
  return lines;
}

class Progress : public testing::Test {
 protected:
  Progress() {
    spec_.training.updates = 400;
    spec_.rules.resize(3);
    present_.rule = "rflo";
    present_.losses = {0.12};
    Outcome bptt;
    bptt.rule = "bptt";
    bptt.losses = {8, 0.0017};
    done_.outcomes.push_back(bptt);
  }

  void at(ProgressLine& line, double seconds, std::int64_t updates) {
    now_ = ProgressLine::Clock::time_point(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)));
    ledger_.add(Channel::kAxon, 0, {(updates - present_.updates) * 1000, 0});
    present_.updates = updates;
    line.observe({.done = done_, .present = &present_, .ledger = &ledger_, .state = {}}, spec_);
  }

  std::ostringstream written_;
  ProgressLine::Clock::time_point now_;
  Spec spec_;
  RunResult done_ = {.model = {}, .model_sha256 = {}, .settings = {}, .outline = {}, .outcomes = {}};
  Outcome present_;
  Ledger ledger_;
};

TEST_F(Progress, SaysPercentRatesTimeLeftAndTheLossOfEachRule) {
  ProgressLine line(written_, true, [this] { return now_; });
  at(line, 0, 0);
  at(line, 2, 100);
  EXPECT_EQ(lines_of(written_.str()),
            (std::vector<std::string>{" 33% rflo 0/400  loss: rflo 0.12, bptt 0.0017",
                                      " 42% rflo 100/400  50 updates/s  50.0k messages/s  14 s left  loss: rflo 0.12"}));
  for (const std::string& shown : lines_of(written_.str())) EXPECT_LT(width(shown), kTextWidth);
}

TEST_F(Progress, GoesOnFromWhereARunWasTakenUp) {
  ProgressLine line(written_, true, [this] { return now_; });
  at(line, 0, 300);
  at(line, 1, 310);
  EXPECT_TRUE(has(written_.str(), " 10 updates/s  10.0k messages/s")) << written_.str();
}

TEST_F(Progress, IsWrittenAtMostFiveTimesASecondAndTakenAway) {
  {
    ProgressLine line(written_, true, [this] { return now_; });
    for (int i = 0; i < 1000; ++i) at(line, i * 0.001, i / 10);
    EXPECT_EQ(lines_of(written_.str()).size(), 5U);
  }
  EXPECT_TRUE(written_.str().ends_with("\r\x1b[K"));
}

TEST_F(Progress, CoversLoadingAndBuilding) {
  ProgressLine line(written_, true, [this] { return now_; });
  line.say("loading m.txtpb");
  spec_.rules[1].name = "rflo";
  line.observe({.done = done_, .builds = &spec_.rules[1], .state = {}}, spec_);
  EXPECT_EQ(lines_of(written_.str()), (std::vector<std::string>{"loading m.txtpb", "building rflo (2 of 3)"}));
}

TEST_F(Progress, FitsWhateverTheNamesAndNumbers) {
  spec_.training.updates = 2'000'000'000;
  present_.rule = std::string(300, 'r');
  for (int i = 0; i < 20; ++i) done_.outcomes.push_back(done_.outcomes.front());
  spec_.rules.resize(30);
  ProgressLine line(written_, true, [this] { return now_; });
  line.say("loading " + std::string(300, '/'));
  at(line, 0, 0);
  for (const double seconds : {1.0, 1e3, 1e6, 1e9}) at(line, seconds, static_cast<std::int64_t>(1000 + seconds));
  const std::vector<std::string> lines = lines_of(written_.str());
  EXPECT_EQ(lines.size(), 6U);
  for (const std::string& shown : lines) EXPECT_LT(width(shown), kTextWidth) << shown;
}

TEST_F(Progress, SaysNothingWhereNobodyLooks) {
  ProgressLine line(written_, false, [this] { return now_; });
  line.say("loading m.txtpb");
  at(line, 0, 0);
  at(line, 9, 100);
  line.clear();
  EXPECT_EQ(written_.str(), "");
}

class ProgressOfTheProgram : public InFolder {
 protected:
  /// Runs the program with its standard error on a terminal; returns the output there.
  std::string on_a_terminal(std::vector<std::string> words) {
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    EXPECT_GE(terminal, 0);
    EXPECT_EQ(::grantpt(terminal), 0);
    EXPECT_EQ(::unlockpt(terminal), 0);
    const int slave = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
    EXPECT_GE(slave, 0);
    words.insert(words.begin(), LOCUS_PROGRAM);
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const ::pid_t child = ::fork();
    if (child == 0) {
      const int nowhere = ::open("/dev/null", O_WRONLY);
      ::dup2(nowhere, 1);
      ::dup2(slave, 2);
      ::setenv("TERM", "xterm", 1);
      ::execv(LOCUS_PROGRAM, argv.data());
      ::_exit(127);
    }
    ::close(slave);
    std::string said;
    char block[4096];
    for (::ssize_t count = 0; (count = ::read(terminal, block, sizeof block)) > 0;)
      said.append(block, static_cast<std::size_t>(count));
    ::close(terminal);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return said;
  }
};

TEST_F(ProgressOfTheProgram, StandsOnATerminalAndNowhereElse) {
  const std::string model = file("small.txtpb", small_model_text("small"));
  const std::vector<std::string> lines = lines_of(on_a_terminal({"run", model}));
  ASSERT_GE(lines.size(), 8U);
  EXPECT_TRUE(has(lines.front(), "loading ")) << lines.front();
  EXPECT_EQ(std::ranges::count(lines, "building rflo (2 of 3)"), 1);
  EXPECT_TRUE(std::ranges::any_of(lines, [](const std::string& line) { return line == "  0% bptt 0/3"; }));
  EXPECT_EQ(lines.back(), "") << "taken away before the comparison";
  EXPECT_EQ(on_a_terminal({"run", model, "--quiet"}), "");
  EXPECT_EQ(invoke({"run", model}).err, "") << "a pipe";
}

}  // namespace
}  // namespace locus
