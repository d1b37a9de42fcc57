// Everything that a result depends on is under one hash, which anybody can compute again.
#include "sim/run/provenance.h"

#include <functional>

#include <gtest/gtest.h>

#include "core/base/level.h"
#include "sim/run/run.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* kOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Spec named_model() {
  Spec spec = small_model({}, {}, 1);
  spec.seed = 7;
  spec.training.updates = 3;
  spec.rules.resize(2);
  spec.rules[0].name = "bptt";
  spec.rules[1].name = "rflo";
  spec.settings = {"training.updates=3"};
  spec.inputs = {{"", kOfAbc}, {"A.npy", kOfNothing}};
  return spec;
}

TEST(Provenance, IsTheHashOfALinePerPart) {
  const Provenance provenance = provenance_of(named_model(), TransportKind::kBatched, false);
  EXPECT_EQ(text_of(provenance),
            "schema locus.v1.Model\n"
            "file ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  \n"
            "file e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  A.npy\n"
            "option seed=7\noption updates=3\noption locality=any\noption transport=batched\noption rank=small\n"
            "option rule=bptt\noption rule=rflo\noption set training.updates=3\n");
  // by sha256sum (GNU coreutils) of these lines
  EXPECT_EQ(provenance.sha256, "7ad7bf3667e2477a1e98fbdfd3c544e68fa4f4302eff1d98667597181b3068a1");
  EXPECT_EQ(provenance.level, level());
}

TEST(Provenance, EveryPartChangesTheHashAndIsNamed) {
  struct Case {
    std::function<void(Spec&)> change;
    std::vector<std::string> differences;
  };
  const Spec spec = named_model();
  const std::string other(64, 'f');
  const std::vector<Case> cases = {
      {[&](Spec& s) { s.inputs[0].sha256 = other; }, {"model file: sha256 " + std::string(kOfAbc) + " against " + other}},
      {[&](Spec& s) { s.inputs[1].sha256 = other; },
       {"file A.npy: sha256 " + std::string(kOfNothing) + " against " + other}},
      {[&](Spec& s) {
         s.inputs.push_back({"--cost", other});
       },
       {"file --cost: only in the second"}},
      {[](Spec& s) { s.inputs.pop_back(); }, {"file A.npy: only in the first"}},
      {[](Spec& s) { s.training.updates = 4; }, {"options: updates=3 against updates=4"}},
      {[](Spec& s) { s.training.locality = Locality::kStrict; }, {"options: locality=any against locality=strict"}},
      {[](Spec& s) { s.rules.pop_back(); }, {"options: rule=rflo against -"}},
      // a result lists its seed itself
      {[](Spec& s) { s.seed = 8; }, {}},
      {[](Spec& s) { s.settings = {"training.learning_rate=1"}; }, {}}};  // and its settings
  const Provenance before = provenance_of(spec, TransportKind::kBatched, false);
  for (const Case& one : cases) {
    Spec changed = spec;
    one.change(changed);
    const Provenance after = provenance_of(changed, TransportKind::kBatched, false);
    EXPECT_NE(after.sha256, before.sha256) << text_of(after);
    EXPECT_EQ(differences(before, after), one.differences);
  }
  EXPECT_NE(provenance_of(spec, TransportKind::kMailbox, false).sha256, before.sha256);
  EXPECT_NE(provenance_of(spec, TransportKind::kBatched, true).sha256, before.sha256);
  EXPECT_TRUE(differences(before, before).empty());
}

TEST(Provenance, OfAModelMadeInCodeHasNoHash) {
  Spec spec = named_model();
  spec.inputs.clear();
  const RunResult result = run(spec, {.threads = 1});
  EXPECT_EQ(result.provenance.sha256, "");
  EXPECT_EQ(result.provenance.level, level());
}

}  // namespace
}  // namespace locus
