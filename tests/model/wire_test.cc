// Faults of whole files: names, wire form, damage.
#include <random>
#include <string>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "locus/v1/model.pb.h"
#include "sim/model/convert.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

std::vector<Fault> faults_of(std::string_view name, std::string_view bytes) {
  const Folder folder;
  return validate(folder.write(name, bytes));
}

v1::Model small_model() {
  v1::Model model;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(ModelText().text(), &model));
  return model;
}

TEST(Wire, SameModelSameSpec) {
  const Folder folder;
  const auto text = folder.write("m.txtpb", ModelText().text());
  convert(text, folder.path("m.binpb"));
  const Spec a = load(text);
  const Spec b = load(folder.path("m.binpb"));
  EXPECT_EQ(a.network.projections.size(), b.network.projections.size());
  EXPECT_EQ(std::get<DenseMatrix>(a.network.projections[2].weights).values,
            std::get<DenseMatrix>(b.network.projections[2].weights).values);
  EXPECT_EQ(a.training.ticks, b.training.ticks);
  EXPECT_NE(a.sha256, b.sha256);
}

TEST(Wire, FaultsHaveFieldsAndNoLines) {
  v1::Model model = small_model();
  model.mutable_network()->mutable_populations(1)->mutable_rate()->add_leak(7);
  const std::vector<Fault> faults = faults_of("m.binpb", model.SerializeAsString());
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].field, "network.populations[1].rate.leak");
  EXPECT_EQ(faults[0].line, 0);
  EXPECT_EQ(faults[0].column, 0);
  EXPECT_TRUE(faults[0].source_line.empty());
  EXPECT_NE(describe(faults[0]).find("m.binpb: error: network.populations[1].rate.leak is 7; must be above 0"), std::string::npos)
      << describe(faults[0]);
}

TEST(Wire, UnknownFieldsAreFaults) {
  v1::Model model = small_model();
  v1::Population& population = *model.mutable_network()->mutable_populations(1);
  population.GetReflection()->MutableUnknownFields(&population)->AddVarint(777, 1);
  model.GetReflection()->MutableUnknownFields(&model)->AddLengthDelimited(900, "x");
  const std::vector<Fault> faults = faults_of("m.pb", model.SerializeAsString());
  ASSERT_EQ(faults.size(), 2U);
  EXPECT_NE(describe(faults[0]).find("number 900"), std::string::npos);
  EXPECT_EQ(faults[1].field, "network.populations[1]");
  EXPECT_NE(describe(faults[1]).find("number 777"), std::string::npos);
}

TEST(Wire, EnumNumbersWithoutANameAreFaults) {
  v1::Model model = small_model();
  model.mutable_training()->set_loss(static_cast<v1::Training::Loss>(42));
  const std::vector<Fault> faults = faults_of("m.pb", model.SerializeAsString());
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].field, "training.loss");
}

TEST(Wire, DamagedFilesAreFaultsAndSaySo) {
  const std::string good = small_model().SerializeAsString();
  ASSERT_TRUE(faults_of("m.pb", good).empty());
  // If a cut removes whole fields, the rest may be a model: without rules, or without the training
  // that only rules need.
  int taken = 0;
  std::vector<Fault> warnings;
  for (std::size_t length = 0; length < good.size(); ++length) {
    try {
      EXPECT_TRUE(load_bytes(std::string_view(good).substr(0, length), "m.pb", warnings).rules.empty());
      ++taken;
    } catch (const ModelError& error) {
      EXPECT_TRUE(has_error(error.faults()));
    }
  }
  EXPECT_EQ(taken, 2);
  const std::vector<Fault> text = faults_of("m.pb", ModelText().text());
  ASSERT_EQ(text.size(), 1U);
  EXPECT_NE(describe(text[0]).find("must be named .txtpb"), std::string::npos);
}

TEST(Wire, DeepNestingIsRefused) {
  std::string bytes;
  // groups that begin and never end: field 15, start group
  for (int i = 0; i < 100000; ++i) bytes += '\x7b';
  EXPECT_FALSE(faults_of("m.pb", bytes).empty());
}

TEST(Wire, NamesDecideTheFormat) {
  for (const char* name : {"m.txtpb", "m.textproto", "m.textpb", "m.pbtxt"})
    EXPECT_TRUE(faults_of(name, ModelText().text()).empty()) << name;
  for (const char* name : {"m.binpb", "m.pb"})
    EXPECT_TRUE(faults_of(name, small_model().SerializeAsString()).empty()) << name;
  for (const char* name : {"m.json", "m", "txtpb", "m.txtpb.gz"}) {
    const std::vector<Fault> faults = faults_of(name, ModelText().text());
    ASSERT_EQ(faults.size(), 1U) << name;
    EXPECT_NE(describe(faults[0]).find(".txtpb, .textproto, .textpb, .pbtxt (text) or .binpb, .pb (wire)"), std::string::npos)
        << describe(faults[0]);
  }
  const Folder folder;
  EXPECT_THROW(validate(folder.path("absent.txtpb")), FileError);
  EXPECT_THROW(load(folder.path("absent.txtpb")), FileError);
}

TEST(Wire, ChangedBytesNeverDoHarm) {
  const std::string good = small_model().SerializeAsString();
  const std::string text = ModelText().text();
  std::mt19937_64 random(7);
  std::vector<Fault> warnings;
  for (int i = 0; i < 3000; ++i) {
    std::string bytes = i % 2 == 0 ? good : text;
    for (std::uint64_t k = 1 + random() % 4; k > 0; --k) bytes[random() % bytes.size()] = static_cast<char>(random());
    try {
      load_bytes(bytes, i % 2 == 0 ? "m.pb" : "m.txtpb", warnings);
    } catch (const ModelError& error) {
      ASSERT_TRUE(has_error(error.faults()));
    }
  }
}

}  // namespace
}  // namespace locus
