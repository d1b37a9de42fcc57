// locus run --serve and --tensorboard: where the address is printed, and the refusals before
// anything runs.
#include <algorithm>

#include <gtest/gtest.h>

#include "sim/serve/live_server.h"
#include "tests/cli/invoke.h"

namespace locus {
namespace {

class Serve : public InFolder {
 protected:
  void SetUp() override {
    InFolder::SetUp();
    model_ = file("small.txtpb", small_model_text("small"));
  }
  /// Expects a refusal in one line and no files.
  void expect_refused(const std::vector<std::string>& words, Exit code, const std::string& why) {
    const std::string out = (folder_ / "out").string();
    std::vector<std::string> all = {"run", model_, "--out", out};
    all.insert(all.end(), words.begin(), words.end());
    const Answer answer = invoke(all);
    EXPECT_EQ(answer.code, code_of(code)) << words[0];
    EXPECT_EQ(answer.out, "");
    EXPECT_EQ(answer.err.substr(0, answer.err.find('\n')), "locus run: " + why);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "out" / "result.json")) << why;
  }

  std::string model_;
};

TEST_F(Serve, TheAddressIsTheFirstLine) {
  const Answer answer = invoke({"run", model_, "--serve"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(answer.out.starts_with("live: http://127.0.0.1:")) << answer.out;
  EXPECT_NE(answer.out.find("LEARNING"), std::string::npos);
  const Answer quiet = invoke({"run", model_, "--quiet", "--serve", "0"});
  EXPECT_EQ(std::ranges::count(quiet.out, '\n'), 1) << quiet.out;
}

TEST_F(Serve, WithJsonTheAddressStandsOnStandardError) {
  const Answer answer = invoke({"run", model_, "--json", "--serve"});
  EXPECT_EQ(answer.code, 0);
  EXPECT_TRUE(answer.out.starts_with("{\"model\":\"small\""));
  EXPECT_EQ(std::ranges::count(answer.out, '\n'), 1);
  EXPECT_TRUE(answer.err.starts_with("live: http://127.0.0.1:")) << answer.err;
}

TEST_F(Serve, DoesNotChangeWhatComesOut) {
  const std::string other = file("other.txtpb", small_model_text("other"));
  const Answer served = invoke({"run", model_, other, "--json", "--serve"});
  EXPECT_EQ(served.out, invoke({"run", model_, other, "--json"}).out);
}

TEST_F(Serve, APortThatIsNoneOrTakenIsRefused) {
  for (const char* port : {"65536", "-1", "web", "80.5"})
    expect_refused({"--serve", port}, Exit::kUsage,
                   std::string("--serve: is \"") + port + "\"; must be a whole number from 0 to 65535");
  LiveServer server(0, "");
  const std::string port = std::to_string(server.port());
  expect_refused({"--serve", port}, Exit::kFailed, "--serve: port " + port + " of 127.0.0.1: Address already in use");
}

TEST_F(Serve, AtAnotherAddressOnlyWhereTold) {
  const Answer all = invoke({"run", model_, "--quiet", "--serve", "--serve-host", "0.0.0.0"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_TRUE(all.out.starts_with("live: http://")) << all.out;
  EXPECT_EQ(all.out.find("0.0.0.0"), std::string::npos) << "that is where to listen, and nowhere to go to: " << all.out;
  const Answer one = invoke({"run", model_, "--quiet", "--serve", "--serve-host", "127.0.0.2"});
  EXPECT_TRUE(one.out.starts_with("live: http://127.0.0.2:")) << one.out;
  expect_refused({"--serve", "--serve-host", "here"}, Exit::kUsage, "--serve-host: is \"here\"; must be an IP address");
  expect_refused({"--serve-host", "0.0.0.0"}, Exit::kUsage, "--serve-host is given without --serve");
  expect_refused({"--serve", "0", "--serve-host", "192.0.2.1"},
                 Exit::kFailed,  // an address for documentation, which no machine has
                 "--serve: port 0 of 192.0.2.1: Cannot assign requested address");
}

TEST_F(Serve, AFolderForEventFilesThatCannotBeIsRefused) {
  const std::string in_the_way = file("in_the_way", "");
  expect_refused({"--tensorboard", in_the_way}, Exit::kFailed, in_the_way + ": cannot make the folder: Not a directory");
  expect_refused({"--tensorboard", in_the_way + "/tb"}, Exit::kFailed,
                 in_the_way + "/tb: cannot make the folder: Not a directory");
}

}  // namespace
}  // namespace locus
