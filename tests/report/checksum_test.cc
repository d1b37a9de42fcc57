// A result that was changed after it was written is found by whoever reads it.
#include "sim/report/checksum.h"

#include <cmath>
#include <fstream>
#include <limits>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "locus/v1/result.pb.h"
#include "sim/model/errors.h"
#include "sim/model/sha256.h"
#include "sim/report/diff.h"
#include "sim/report/read_result.h"
#include "sim/report/report.h"
#include "sim/report/write.h"
#include "tests/report/sample.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

class Checksums : public InFolder {
 protected:
  void expect_refused(const std::string& name) const {
    try {
      read_result(folder_ / name);
      ADD_FAILURE() << name << " was read";
    } catch (const ModelError& error) {
      EXPECT_NE(std::string(error.what()).find("is a result that was changed after it was written"), std::string::npos)
          << error.what();
    }
  }
};

/// The little-endian bytes of a number.
std::string bytes_of(std::uint64_t number, int count) {
  std::string bytes;
  for (int i = 0; i < count; ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFF);
  return bytes;
}

/// By hand, in the form that docs/results.md describes.
TEST_F(Checksums, AreOfTheFormThatIsDocumented) {
  v1::Result result;
  result.set_seed(3);
  result.set_model("ab");
  result.set_checksum("is no part of it");
  v1::Run& run = *result.add_runs();
  run.add_losses(1);
  run.add_losses(-0.0);
  run.set_updates(-1);
  const std::string form = bytes_of(1, 4) + bytes_of(1, 8) + bytes_of(2, 8) + "ab" +   // model
                           bytes_of(4, 4) + bytes_of(1, 8) + bytes_of(3, 8) +          // seed
                           bytes_of(5, 4) + bytes_of(1, 8) +                           // runs
                           bytes_of(3, 4) + bytes_of(1, 8) + std::string(8, '\xff') +  // updates
                           bytes_of(4, 4) + bytes_of(2, 8) + bytes_of(0x3ff0000000000000, 8) + bytes_of(0, 8) +
                           bytes_of(0, 4) +  // end of the run
                           bytes_of(0, 4);
  EXPECT_EQ(checksum_of(result), sha256(form));
}

TEST_F(Checksums, BothFormsHaveTheSameWhateverTheNumbers) {
  RunResult result = sample_result();
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  std::get<DenseMatrix>(result.outcomes[0].weights[0].matrix).values = {-0.0, -kNan, kNan,
                                                                        std::numeric_limits<double>::infinity()};
  result.outcomes[0].losses = {5e-324, 0.1, 1e308};
  result.outcomes[0].evaluations = {{0, -kNan}};
  write_result(result, folder_);
  const v1::Result binary = read_result(folder_ / "result.binpb");
  const v1::Result json = read_result(folder_ / "result.json");
  EXPECT_EQ(binary.checksum().size(), 64U);
  EXPECT_EQ(json.checksum(), binary.checksum());
  EXPECT_EQ(json_line(result).find(binary.checksum()) != std::string::npos, true);
}

TEST_F(Checksums, EveryChangedByteOfABinaryIsRefused) {
  write_result(sample_result(), folder_);
  const std::string bytes = text("result.binpb");
  int refused = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 7) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    file("changed.binpb", changed);
    EXPECT_THROW(read_result(folder_ / "changed.binpb"), ModelError) << "byte " << at;
    ++refused;
  }
  EXPECT_GT(refused, 100);
  EXPECT_NO_THROW(read_result(folder_ / "result.binpb"));
}

TEST_F(Checksums, AChangedDigitIsRefusedByEveryReader) {
  write_result(sample_result(), folder_);
  std::string json = text("result.json");
  const std::size_t at = json.find("0.25");
  ASSERT_NE(at, std::string::npos);
  json.replace(at, 4, "0.24");
  file("changed.json", json);
  expect_refused("changed.json");
  EXPECT_THROW(difference(folder_ / "changed.json", folder_ / "result.binpb", 0), ModelError);
}

TEST_F(Checksums, AnotherLayoutOfTheJsonIsTheSameResult) {
  write_result(sample_result(), folder_);
  std::string json = text("result.json");
  std::erase(json, '\n');
  file("laid_out.json", json);
  EXPECT_NO_THROW(read_result(folder_ / "laid_out.json"));
}

TEST_F(Checksums, ResultsOfOlderProgramsHaveNone) {
  write_result(sample_result(), folder_);
  v1::Result result = read_result(folder_ / "result.binpb");
  result.clear_checksum();
  result.clear_provenance();
  file("old.binpb", result.SerializeAsString());
  EXPECT_NO_THROW(read_result(folder_ / "old.binpb"));
}

TEST_F(Checksums, AChangedFileOfWeightsIsFound) {
  RunResult result = sample_result();
  result.outcomes[0].weights[0].matrix = DenseMatrix{1'000'001, 1, std::vector<double>(1'000'001, 0.5)};
  write_result(result, folder_ / "a");
  write_result(result, folder_ / "b");
  EXPECT_TRUE(difference(folder_ / "a", folder_ / "b", 0).agree);
  const std::string name = read_result(folder_ / "b").runs(0).weights(0).file();
  std::string bytes = text("b/" + name);
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  file("b/" + name, bytes);
  try {
    difference(folder_ / "a", folder_ / "b", 0.5);
    FAIL() << "another file of weights was taken for the result's";
  } catch (const ModelError& error) {
    EXPECT_NE(std::string(error.what()).find("was changed after the result that names it was written"), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace locus
