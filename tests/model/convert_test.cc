// Text and wire form contain the same model, bit for bit.
#include "sim/model/convert.h"

#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include <gtest/gtest.h>

#include "locus/v1/model.pb.h"
#include "sim/model/errors.h"
#include "tests/model/wire.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

TEST(Convert, IsLossFreeForAnyMessage) {
  const Folder folder;
  std::mt19937_64 random(20260);
  std::size_t bytes = 0;
  for (int i = 0; i < 60; ++i) {
    v1::Model model;
    fill_at_random(model, random);
    const std::string wire = model.SerializeAsString();
    bytes += wire.size();
    const auto binary = folder.write("a.binpb", wire);
    convert(binary, folder.path("b.txtpb"));
    convert(folder.path("b.txtpb"), folder.path("c.pb"));
    ASSERT_EQ(bytes_of(folder.path("c.pb")), wire) << bytes_of(folder.path("b.txtpb"));
    convert(folder.path("b.txtpb"), folder.path("d.pbtxt"));
    ASSERT_EQ(bytes_of(folder.path("d.pbtxt")), bytes_of(folder.path("b.txtpb")));
  }
  EXPECT_GT(bytes, 10'000U);  // the messages were not empty
}

TEST(Convert, TextSaysWhatItIs) {
  const Folder folder;
  convert(folder.write("m.binpb", ""), folder.path("m.txtpb"));
  EXPECT_EQ(bytes_of(folder.path("m.txtpb")),
            "# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n");
}

TEST(Convert, NeedsNoValidModel) {
  const Folder folder;
  convert(folder.write("m.txtpb", "network { populations { name: \"x\" size: -3 } }"), folder.path("m.binpb"));
  v1::Model model;
  ASSERT_TRUE(model.ParseFromString(bytes_of(folder.path("m.binpb"))));
  EXPECT_EQ(model.network().populations(0).size(), -3);
}

TEST(Convert, RefusesWhatTextCannotCarry) {
  const Folder folder;
  v1::Model model;
  // NaN with a payload
  model.mutable_training()->set_learning_rate(std::bit_cast<double>(0x7ff8000000000123ULL));
  const auto in = folder.write("m.binpb", model.SerializeAsString());
  EXPECT_THROW(convert(in, folder.path("m.txtpb")), ModelError);
  EXPECT_FALSE(std::filesystem::exists(folder.path("m.txtpb")));
  EXPECT_NO_THROW(convert(in, folder.path("m.pb")));
}

TEST(Convert, ErrorsLeaveTheOutputAsItWas) {
  const Folder folder;
  const auto out = folder.write("out.binpb", "before");
  EXPECT_THROW(convert(folder.write("m.txtpb", "network { populatoins {} }"), out), ModelError);
  EXPECT_THROW(convert(folder.write("m.txtpb", "network {"), out), ModelError);
  EXPECT_THROW(convert(folder.path("absent.txtpb"), out), FileError);
  EXPECT_THROW(convert(folder.write("m.json", "{}"), out), ModelError);
  EXPECT_EQ(bytes_of(out), "before");
  EXPECT_THROW(convert(folder.write("m.txtpb", ""), folder.path("out.json")), UsageError);
  EXPECT_THROW(convert(folder.write("m.txtpb", ""), folder.path("absent/out.binpb")), FileError);
  EXPECT_THROW(convert(folder.path("."), out), ModelError);
}

}  // namespace
}  // namespace locus
