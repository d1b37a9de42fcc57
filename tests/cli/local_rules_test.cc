// locus rules NAME --model FILE: a rule that a model writes itself, as the table prints its own;
// and its certificate, whose counts are those of a run.
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "sim/run/run.h"
#include "tests/cli/invoke.h"

namespace locus::local_rules {
namespace {

const std::string kOja = LOCUS_MODELS "/rules/oja.txtpb";
const std::string kWritten = LOCUS_MODELS "/rules/written.txtpb";

std::string read(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(LocalRules, ArePrintedWithAllThatFollowsFromTheirText) {
  const Answer answer = invoke({"rules", "oja", "--model", kOja});
  ASSERT_EQ(answer.code, 0) << answer.err;
  for (const char* part :
       {"oja\n  a rule that the model writes itself, without errors\n", "  equation    Delta += m0*weight - m1*pre\n",
        "  POST        m0 = activity*activity\n              m1 = activity\n", "told        in every tick",
        "  channels    AXON, DENDRITE, POST\n", "  violations  none, ever\n", "one trial of oja, at most:\n",
        "POST           0             600            1200\n"})
    EXPECT_TRUE(has(answer.out, part)) << part << "\n" << answer.out;
}

TEST(LocalRules, OfTheTableArePrintedBesideAModelToo) {
  const Answer answer = invoke({"rules", "rflo", "--model", kWritten});
  ASSERT_EQ(answer.code, 0) << answer.err;
  EXPECT_TRUE(has(answer.out, "rflo[:DECAY]\n")) << answer.out;
  EXPECT_TRUE(has(answer.out, "one trial of written, at most:\n"));
}

/// "messages_a_trial" behind a channel of the certificate, summed.
std::int64_t certified(const std::string& certificate, const std::string& channel) {
  std::int64_t sum = 0;
  for (std::size_t at = certificate.find("\"channel\":\"" + channel + "\",\"from\""); at != std::string::npos;
       at = certificate.find("\"channel\":\"" + channel + "\",\"from\"", at + 1))
    sum += std::stoll(certificate.substr(certificate.find("\"messages_a_trial\":", at) + 19));
  return sum;
}

TEST(Certificates, HaveTheCountsOfARun) {
  const Folder folder;
  const std::string path = (folder.path() / "certificate.json").string();
  const Spec spec = load(kWritten);
  const RunResult result = run(spec, {.threads = 1});
  for (const Outcome& outcome : result.outcomes) {
    ASSERT_EQ(invoke({"rules", outcome.rule, "--model", kWritten, "--certificate", path}).code, 0);
    const std::string certificate = read(path);
    const std::int64_t trials = outcome.updates * spec.training.batch;
    for (const Channel channel : {Channel::kPost, Channel::kFeedback, Channel::kTransport, Channel::kTarget})
      EXPECT_EQ(certified(certificate, std::string(name(channel))) * trials, outcome.ledger.messages(channel))
          << outcome.rule << ", " << name(channel) << "\n"
          << certificate;
  }
}

/// Sensitivities on cores are messages of a placed network, and break nothing.
TEST(Certificates, HaveTheCountsOfSensitivitiesOnCores) {
  const Folder folder;
  const std::string path = (folder.path() / "certificate.json").string();
  const std::string model = LOCUS_MODELS "/modular.txtpb";
  Spec spec = load(model);
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind != RuleKind::kRtrlCore; });
  ASSERT_EQ(spec.rules.size(), 1U);
  spec.training.updates = 1;
  spec.compare.reset();
  const Ledger ledger = run(spec, {.threads = 1}).outcomes[0].ledger;
  ASSERT_EQ(invoke({"rules", spec.rules[0].name, "--model", model, "--certificate", path}).code, 0);
  const std::string certificate = read(path);
  for (const Channel channel : {Channel::kInfluence, Channel::kGather}) {
    EXPECT_GT(ledger.messages(channel), 0);
    EXPECT_EQ(certified(certificate, std::string(name(channel))) * spec.training.batch, ledger.messages(channel))
        << certificate;
    const std::size_t at = certificate.find("\"channel\":\"" + std::string(name(channel)) + "\",\"from\"");
    ASSERT_NE(at, std::string::npos);
    EXPECT_TRUE(certificate.substr(certificate.find("\"breaks_space\":", at)).starts_with("\"breaks_space\":false"))
        << certificate;
  }
}

TEST(Certificates, NameWhatATextUsesAndItsOwner) {
  const Folder folder;
  const std::string path = (folder.path() / "certificate.json").string();
  ASSERT_EQ(invoke({"rules", "eprop_text", "--model", kWritten, "--certificate", path}).code, 0);
  const std::string certificate = read(path);
  for (const char* part : {R"({"name":"own_weight","owner":"its target neuron","channel":"POST","lag":0})",
                           R"("payload":["decay + gain*own_weight","gain","signal"])", R"("breaks_space":true)",
                           R"({"name":"p","owner":"the synapse","scalars":1,"one_a_source":false,"linear":true})"})
    EXPECT_TRUE(has(certificate, part)) << part << "\n" << certificate;
}

TEST(Certificates, AreAboutARuleInANetwork) {
  EXPECT_TRUE(has(invoke({"rules", "rflo", "--certificate", "x.json"}).err, "give --model"));
  EXPECT_TRUE(has(invoke({"rules", "--model", kOja}).err, "needs the NAME of a rule"));
  EXPECT_TRUE(has(invoke({"rules", "ojo", "--model", kOja}).err, "did you mean \"oja\"?"));
}

}  // namespace
}  // namespace locus::local_rules
