// What a result says of its origin, and what is made of it: diff, sweep, report, resume.
#include <fstream>

#include <gtest/gtest.h>

#include "core/base/level.h"
#include "sim/model/sha256.h"
#include "tests/cli/invoke.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// Two inputs of 1 through weights A (file A.npy) to a readout whose target is 0: loss (a1 + a2)^2
/// / 2.
constexpr const char* kModel = R"(name: "stale" seed: 1
network {
  populations { name: "in" size: 1 input {} }
  populations { name: "rec" size: 2 rate {} }
  populations { name: "out" size: 1 readout {} }
  projections { name: "B" source: "in" target: "rec" weights { constant { value: 1 } } }
  projections { name: "A" source: "rec" target: "out" weights { file { path: "A.npy" } } }
}
task { recorded { trials { input { rows: 1 cols: 1 values: [1] } target { rows: 1 cols: 1 values: [0] } } } }
training { updates: 1 learning_rate: 0 }
rules { name: "rflo" rflo {} }
)";

class Origin : public InFolder {
 protected:
  /// The differences of two results, one line for each.
  std::string diff(const std::string& a, const std::string& b) const {
    const std::string text = invoke({"diff", at(a), at(b)}).out;
    std::string unwrapped;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool broken = text.compare(i, 5, "\n    ") == 0;
      unwrapped += broken ? ' ' : text[i];
      if (broken) i += 4;
    }
    return unwrapped;
  }
  /// A.npy is the 1 x 2 matrix of this number.
  void weights(double value) const {
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }";
    header += std::string(117 - header.size(), ' ') + "\n";
    std::string bytes("\x93NUMPY\x01\x00\x76\x00", 10);
    bytes += header;
    for (int i = 0; i < 2; ++i) bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
    file("A.npy", bytes);
  }
  /// The cell of members.csv with the loss at the start, of each member.
  std::vector<std::string> first_losses() const {
    std::vector<std::string> losses;
    const std::string csv = text("s/members.csv");
    for (std::size_t line = csv.find('\n') + 1; line < csv.size(); line = csv.find('\n', line) + 1) {
      std::size_t at = line;
      for (int cell = 0; cell < 4; ++cell) at = csv.find(',', at) + 1;
      losses.push_back(csv.substr(at, csv.find(',', at) - at));
    }
    return losses;
  }
  std::vector<std::string> members() const {
    std::vector<std::string> names;
    for (const std::string& name : files()) {
      if (name.starts_with("s/members/") && name.ends_with(".binpb")) names.push_back(name);
    }
    return names;
  }

  const std::string model_ = file("m.txtpb", kModel);
  const std::vector<std::string> sweep_ = {"sweep", model_,  "--set",  "training.learning_rate=0,0.1",
                                           "--out", at("s"), "--quiet"};
};

using Texts = std::vector<std::string>;

TEST_F(Origin, ASweepRunsAgainWhereAFileBesideTheModelHasChanged) {
  weights(1);
  ASSERT_EQ(invoke(sweep_).code, 0);
  EXPECT_EQ(first_losses(), (Texts{"2", "2"}));
  weights(10);
  ASSERT_EQ(invoke(sweep_).code, 0);
  EXPECT_EQ(first_losses(), (Texts{"200", "200"}));
  ASSERT_EQ(members().size(), 4U);
  const auto written = fs::last_write_time(folder_ / members()[0]);
  weights(1);
  ASSERT_EQ(invoke(sweep_).code, 0);
  EXPECT_EQ(first_losses(), (Texts{"2", "2"}));
  EXPECT_EQ(fs::last_write_time(folder_ / members()[0]), written) << "found, not run again";
  const std::string json = text("s/sweep.json");
  for (const std::string& member : members()) {
    const bool present = text(member).find(sha256(text("A.npy"))) != std::string::npos;
    EXPECT_EQ(json.find(member.substr(2)) != std::string::npos, present) << "sweep.json names its own members";
  }
}

TEST_F(Origin, ChangedAndSwappedMembersAreNotTaken) {
  weights(1);
  ASSERT_EQ(invoke(sweep_).code, 0);
  const auto before = texts("s");
  ASSERT_EQ(members().size(), 2U);
  const std::string one = text(members()[0]);
  const std::string other = text(members()[1]);
  file(members()[0], other);
  file(members()[1], one);
  Answer again = invoke(sweep_);
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.err, "locus sweep: 2 of 2 members ran again: their files were not those that they had written\n");
  EXPECT_EQ(texts("s"), before);
  std::string flipped = one;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
  file(members()[0], flipped);
  again = invoke(sweep_);
  EXPECT_EQ(again.err, "locus sweep: 1 of 2 members ran again: their files were not those that they had written\n");
  EXPECT_EQ(texts("s"), before);
  EXPECT_EQ(invoke(sweep_).err, "");
}

TEST_F(Origin, DiffSaysWhichPartDiffers) {
  weights(1);
  ASSERT_EQ(invoke({"run", model_, "--out", at("r1"), "--quiet"}).code, 0);
  const std::string of_one = sha256(text("A.npy"));
  weights(10);
  ASSERT_EQ(invoke({"run", model_, "--out", at("r10"), "--quiet"}).code, 0);
  EXPECT_EQ(invoke({"diff", at("r1"), at("r10")}).code, 1);
  const std::string found = diff("r1", "r10");
  EXPECT_TRUE(has(found, "model sha256: ")) << "another network is another model\n" << found;
  EXPECT_TRUE(has(found, "file A.npy: sha256 " + of_one + " against " + sha256(text("A.npy")) + "\n")) << found;
  EXPECT_FALSE(has(found, "model file: ")) << found;
  ASSERT_EQ(invoke({"run", model_, "--out", at("again"), "--quiet", "--transport", "mailbox"}).code, 0);
  const std::string transports = diff("r10", "again");
  EXPECT_TRUE(has(transports, "options: transport=batched against transport=mailbox")) << transports;
  EXPECT_FALSE(has(transports, "sha256")) << transports;
}

TEST_F(Origin, ACostFileOfTheCommandLineCounts) {
  const std::string chip = LOCUS_MODELS "/chip.txtpb";
  file("cost.txtpb", "packet { energy: 1 }\n");
  ASSERT_EQ(invoke({"run", chip, "--out", at("a"), "--quiet", "--updates", "1", "--cost", at("cost.txtpb")}).code, 0);
  const std::string json = text("a/result.json");
  EXPECT_TRUE(has(json, "\"name\": \"--cost\""));
  EXPECT_TRUE(has(json, sha256("packet { energy: 1 }\n")));
}

TEST_F(Origin, ResultAndVersionNameTheLevel) {
  weights(1);
  ASSERT_EQ(invoke({"run", model_, "--out", at("r"), "--quiet"}).code, 0);
  EXPECT_TRUE(has(text("r/result.json"), "\"level\": \"" + std::string(level()) + "\""));
  EXPECT_TRUE(has(invoke({"--version"}).out, ", " + std::string(level()) + ")\n")) << invoke({"--version"}).out;
  ASSERT_EQ(invoke(sweep_).code, 0);
  EXPECT_TRUE(has(text("s/sweep.json"), "\"level\": \"" + std::string(level()) + "\""));
}

TEST_F(Origin, AResumedRunHasThatOfItsBeginning) {
  weights(1);
  ASSERT_EQ(invoke({"run", model_, "--out", at("whole"), "--quiet", "--updates", "4"}).code, 0);
  const auto whole = texts("whole");
  ASSERT_EQ(invoke({"run", model_, "--out", at("o"), "--quiet", "--updates", "4", "--checkpoint", at("c"),
                    "--checkpoint-every", "1"})
                .code,
            0);
  weights(10);  // the checkpoint carries the files of the beginning
  const Answer resumed = invoke({"resume", at("c")});
  EXPECT_EQ(resumed.code, 0);
  EXPECT_EQ(resumed.err, "");
  EXPECT_EQ(texts("o"), whole);
}

TEST_F(Origin, FirstWeightsAndChangesOfTheSettingsCount) {
  weights(1);
  ASSERT_EQ(invoke({"run", model_, "--out", at("a"), "--quiet"}).code, 0);
  ASSERT_EQ(invoke({"run", model_, "--out", at("b"), "--quiet", "--weights", at("a")}).code, 0);
  const std::string begun = text("b/result.json");
  EXPECT_TRUE(has(begun, "\"name\": \"--weights/A\"")) << begun;
  EXPECT_TRUE(has(begun, "\"name\": \"--weights/B\"")) << begun;
  EXPECT_FALSE(has(begun, "\"set weights=")) << "a path is no content";
  ASSERT_EQ(invoke({"run", model_, "--out", at("o"), "--quiet", "--updates", "4", "--checkpoint", at("c")}).code, 0);
  const Answer on = invoke({"resume", at("c"), "--updates", "6", "--set", "training.learning_rate=0.5"});
  ASSERT_EQ(on.code, 0) << on.err;
  const std::string options = "\"change training.learning_rate=0.5 updates=6 at rflo:4\"";
  EXPECT_TRUE(has(text("o/result.json"), options)) << text("o/result.json");
  EXPECT_EQ(invoke({"resume", at("c")}).err, "");
  EXPECT_TRUE(has(text("o/result.json"), options)) << text("o/result.json");
}

TEST_F(Origin, ReportRefusesAResultThatWasChanged) {
  weights(1);
  ASSERT_EQ(invoke({"run", model_, "--out", at("o"), "--quiet"}).code, 0);
  std::string json = text("o/result.json");
  const std::size_t at_losses = json.find("\"losses\": [");
  const std::size_t digit = json.find('2', at_losses);
  ASSERT_NE(digit, std::string::npos);
  json[digit] = '3';
  file("o/result.json", json);
  const Answer answer = invoke({"report", at("o/result.json"), "--out", at("page.html")});
  EXPECT_EQ(answer.code, code_of(Exit::kInvalid));
  EXPECT_TRUE(has(answer.err, "is a result that was changed after it was written")) << answer.err;
  EXPECT_FALSE(fs::exists(folder_ / "page.html"));
}

}  // namespace
}  // namespace locus
