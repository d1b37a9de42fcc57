// A wrong command line: exit 2, nothing on standard output, and on the first line the fault and the
// nearest correct word.
#include <gtest/gtest.h>

#include "tests/cli/invoke.h"

namespace locus {
namespace {

struct Wrong {
  std::vector<std::string> words;
  std::string says;
};

class WrongLine : public InFolder {};

TEST_F(WrongLine, IsNamedWithTheNearestRightOne) {
  const std::string model = file("m.txtpb", small_model_text("m"));
  const std::vector<Wrong> lines = {
      {{"rum"}, "locus: unknown command \"rum\"; did you mean \"run\"?"},
      {{"simulate"}, "locus: unknown command \"simulate\"; known: run, resume, sweep, validate"},
      {{"--verion"}, "locus: unknown option \"--verion\"; did you mean \"--version\"?"},
      {{"run"}, "locus run: MODEL is required"},
      {{"run", model, "--updtes", "5"}, "locus run: unknown option \"--updtes\"; did you mean \"--updates\"?"},
      {{"run", model, "--updtes=5"}, "locus run: unknown option \"--updtes\"; did you mean \"--updates\"?"},
      {{"run", model, "--updates", "0"}, "locus run: --updates: is \"0\"; must be a whole number from 1 to 2147483647"},
      {{"run", model, "--updates", "1e3"}, "locus run: --updates: is \"1e3\"; must be a whole number from 1 to 2147483647"},
      {{"run", model, "--updates"}, "locus run: --updates needs a value: --updates K"},
      {{"run", model, "--updates", "3", "--updates", "4"}, "locus run: --updates is given 2 times; must be given once"},
      {{"run", model, "--out", ""}, "locus run: --out is empty; needs a value: DIR"},
      {{"run", ""}, "locus run: MODEL is empty; needs a value"},
      {{"run", model, "--seed", "-1"}, "locus run: --seed: is \"-1\"; must be a whole number from 0 to 18446744073709551615"},
      {{"run", model, "--seed", "18446744073709551616"}, "locus run: --seed: is \"18446744073709551616\"; must be"},
      {{"run", model, "--threads", "0"}, "locus run: --threads: is \"0\"; must be a whole number from 1 to 1024"},
      {{"run", model, "--transport", "malibox"}, "did you mean \"mailbox\"?"},
      {{"run", model, "--locality", "sptial"}, "must be one of any, spatial, temporal, strict; did you mean \"spatial\"?"},
      {{"run", model, "--rule", "rfol"}, "did you mean \"rflo\"?"},
      {{"run", model, "--rule", "stil"}, "did you mean \"still\"?"},
      {{"run", model, "--rule", "tbptt"}, "needs a DEPTH; write tbptt:DEPTH[:STRIDE]"},
      {{"run", model, "--rule", "rflo", "--rule", "rflo"}, "is given twice"},
      {{"run", model, model}, "two models have the name \"m\""},
      {{"run", model, "--quiet=yes"}, "locus run: --quiet takes no value"},
      {{"info", model, model}, "locus info: does not know what to do with"},
      {{"info"}, "locus info: MODEL is required"},
      {{"convert", model}, "locus convert: OUT is required"},
      {{"rules", "rlfo"}, "locus rules: unknown rule \"rlfo\"; did you mean \"rflo\"?"},
      {{"rules", "tbptt:4:x"}, "locus rules: rule \"tbptt:4:x\": STRIDE is \"x\"; must be a whole number, at least 1"},
      {{"rules", "tbptt:4:2:1"}, "\"1\" is one word too many; write tbptt:DEPTH[:STRIDE]"},
      {{"convert", model, "m.xyz"}, "locus convert: m.xyz: is named like no model; "},
      {{"rules", "rflo", "--markdown"}, "leave out the name"},
      {{"rules", "rflo", "--messages"}, "leave out the name"},
      {{"run", "-", "-"}, "locus run: MODEL is - more than once; standard input can be read once"},
      {{"run", model, "--out", "-"}, "locus run: --out is \"-\"; must be the name of a folder; --json prints the result"},
      {{"run", model, "--checkpoint", "-"}, "locus run: --checkpoint is \"-\"; must be the name of a file"},
      {{"run", model, "--tensorboard", "-"}, "locus run: --tensorboard is \"-\"; must be the name of a folder"},
      {{"sweep", model, "--out", "-"}, "locus sweep: --out is \"-\"; must be the name of a folder"},
      {{"report", model, "--out", "-"}, "locus report: --out is \"-\"; must be the name of a file"},
      {{"sweep", model, "--seeds", "2", "--seed", "18446744073709551615"}, "2 seeds from 18446744073709551615 on go beyond"},
      {{"help", "rn"}, "locus help: unknown command \"rn\"; did you mean \"run\"?"},
  };
  for (const Wrong& line : lines) {
    const Answer answer = invoke(line.words);
    EXPECT_EQ(answer.code, code_of(Exit::kUsage)) << line.says;
    EXPECT_EQ(answer.out, "");
    const std::string first = answer.err.substr(0, answer.err.find('\n'));
    EXPECT_NE(first.find(line.says), std::string::npos) << answer.err << "does not say\n" << line.says;
  }
  EXPECT_EQ(files(), std::vector<std::string>{"m.txtpb"});
}

TEST_F(WrongLine, IsNoneWhereFilesStandBehindTwoDashes) {
  const std::string model = file("m.txtpb", small_model_text("m"));
  const Answer answer = invoke({"validate", "--", model});
  EXPECT_EQ(answer.code, code_of(Exit::kDone)) << answer.err;
}

TEST_F(WrongLine, MailboxSaysHowManySynapsesItTakes) {
  std::string text = small_model_text("m");
  const std::string size = "name: \"rec\" size: 3";
  ASSERT_NE(text.find(size), std::string::npos) << text;
  text.replace(text.find(size), size.size(), "name: \"rec\" size: 50000");
  text.resize(text.find("rules {"));  // their feedback is for 3 neurons
  text += "rules { name: \"still\" none {} }\n";
  const Answer answer = invoke({"run", file("wide.txtpb", text), "--transport", "mailbox"});
  EXPECT_EQ(answer.code, code_of(Exit::kUsage)) << answer.err;
  EXPECT_NE(answer.err.find("has 2500000000 synapses; must be at most 2147483646"), std::string::npos) << answer.err;
}

TEST_F(WrongLine, ModelsOfEqualNameAreRefusedBeforeAnythingRuns) {
  const std::string one = file("one.txtpb", small_model_text("same"));
  const std::string two = file("two.txtpb", small_model_text("same"));
  const Answer answer = invoke({"run", one, two, "--out", (folder_ / "results").string()});
  EXPECT_EQ(answer.code, code_of(Exit::kUsage));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "results"));
}

}  // namespace
}  // namespace locus
