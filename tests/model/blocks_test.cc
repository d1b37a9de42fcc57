// Weights from streams of matrix blocks: dense, sparse, csr, and streams that are false or end too
// early.
#include "sim/model/blocks.h"

#include <functional>
#include <limits>
#include <string>

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/delimited_message_util.h>
#include <gtest/gtest.h>

#include "locus/v1/weights.pb.h"
#include "sim/model/load.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using Block = v1::MatrixBlock;

std::string delimited(const std::vector<Block>& blocks) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  for (const Block& block : blocks) google::protobuf::util::SerializeDelimitedToZeroCopyStream(block, &stream);
  return bytes;
}

Block header(std::int32_t rows, std::int32_t cols, std::int64_t entries = -1) {
  Block block;
  block.mutable_header()->set_rows(rows);
  block.mutable_header()->set_cols(cols);
  if (entries >= 0) {
    block.mutable_header()->set_form(Block::Header::SPARSE);
    block.mutable_header()->set_entries(entries);
  }
  return block;
}

Block dense(std::int32_t first_row, const std::vector<double>& values) {
  Block block;
  block.mutable_dense()->set_first_row(first_row);
  block.mutable_dense()->mutable_values()->Add(values.begin(), values.end());
  return block;
}

Block entries(const std::vector<std::int32_t>& row, const std::vector<std::int32_t>& col,
              const std::vector<double>& values) {
  Block block;
  block.mutable_sparse()->mutable_row()->Add(row.begin(), row.end());
  block.mutable_sparse()->mutable_col()->Add(col.begin(), col.end());
  block.mutable_sparse()->mutable_values()->Add(values.begin(), values.end());
  return block;
}

Block csr(std::int32_t first_row, const std::vector<std::int64_t>& offset, const std::vector<std::int32_t>& col,
          const std::vector<double>& values) {
  Block block;
  block.mutable_csr()->set_first_row(first_row);
  block.mutable_csr()->mutable_offset()->Add(offset.begin(), offset.end());
  block.mutable_csr()->mutable_col()->Add(col.begin(), col.end());
  block.mutable_csr()->mutable_values()->Add(values.begin(), values.end());
  return block;
}

/// Loads B (3 x 2) from these bytes.
Spec loaded(const std::string& bytes) {
  const Folder folder;
  folder.write("w.blocks", bytes);
  ModelText model;
  model.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { file { path: \"w.blocks\" } } }";
  return load(folder.write("m.txtpb", model.text()));
}

void expect_refused(const std::string& bytes, const std::string& word) {
  try {
    loaded(bytes);
    ADD_FAILURE() << "was not refused: " << word;
  } catch (const ModelError& error) {
    EXPECT_EQ(error.faults().size(), 1U) << error.what();
    EXPECT_EQ(error.faults()[0].field, "network.projections[0].weights.file.path");
    EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
  }
}

TEST(Blocks, ReadsDenseRows) {
  const Spec spec = loaded(delimited({header(3, 2), dense(0, {1, 2}), dense(1, {3, 4, 5, 6})}));
  const auto& matrix = std::get<DenseMatrix>(spec.network.projections[0].weights);
  EXPECT_EQ(matrix.values, (std::vector<double>{1, 2, 3, 4, 5, 6}));
}

TEST(Blocks, ReadsEntriesAndCompressedRowsInTheirOrder) {
  const Spec spec =
      loaded(delimited({header(3, 2, 4), entries({2, 0}, {1, 1}, {1, 2}), csr(1, {0, 1, 2}, {0, 0}, {3, 4})}));
  const auto& matrix = std::get<SparseMatrix>(spec.network.projections[0].weights);
  EXPECT_EQ(matrix.row, (std::vector<std::int32_t>{2, 0, 1, 2}));
  EXPECT_EQ(matrix.col, (std::vector<std::int32_t>{1, 1, 0, 0}));
  EXPECT_EQ(matrix.values, (std::vector<double>{1, 2, 3, 4}));
  EXPECT_TRUE(std::get<SparseMatrix>(loaded(delimited({header(3, 2, 0)})).network.projections[0].weights).values.empty());
}

TEST(Blocks, RefusesWhatDoesNotFit) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  expect_refused(delimited({header(2, 3), dense(0, {1, 2, 3, 4, 5, 6})}), "is of 2 x 3 values; must be 3 x 2");
  expect_refused(delimited({dense(0, {1, 2, 3, 4, 5, 6})}), "block 0 is no header");
  expect_refused(delimited({header(3, 2), dense(1, {1, 2, 3, 4, 5, 6})}), "begins at row 1; must begin at row 0");
  expect_refused(delimited({header(3, 2), dense(0, {1, 2, 3, 4, 5})}), "has 5 values; must be whole rows of 2");
  expect_refused(delimited({header(3, 2), dense(0, {}), dense(0, {1, 2, 3, 4, 5, 6})}), "has 0 values");
  expect_refused(delimited({header(3, 2), dense(0, {1, 2, 3, 4, 5, 6, 7, 8})}), "goes beyond row 2");
  expect_refused(delimited({header(3, 2), dense(0, {1, 2, 3, 4, 5, kNan})}), "value 5 = nan");
  expect_refused(delimited({header(3, 2), dense(0, {1, 2, 3, 4}), entries({0}, {0}, {1})}), "block 2 is no dense one");
  expect_refused(delimited({header(3, 2), entries({0}, {0}, {1}), dense(0, {1, 2, 3, 4, 5, 6})}), "must be dense");
  expect_refused(delimited({header(3, 2, 1), dense(0, {1, 2})}), "must be sparse or csr");
  expect_refused(delimited({header(3, 2, 1), entries({3}, {0}, {1})}), "row that is out of range");
  expect_refused(delimited({header(3, 2, 1), entries({0}, {-1}, {1})}), "column that is out of range");
  expect_refused(delimited({header(3, 2, 1), entries({0, 1}, {0}, {1})}), "2 rows and 1 columns");
  expect_refused(delimited({header(3, 2, 1), entries({0}, {0}, {1, 2})}), "1 columns and 2 values");
  expect_refused(delimited({header(3, 2, 1), entries({0, 1}, {0, 0}, {1, 2})}), "more entries than the header says");
  expect_refused(delimited({header(3, 2, 2), entries({0, 0}, {0, 0}, {1, 2})}), "entry (0, 0) twice");
  expect_refused(delimited({header(3, 2, 1), csr(2, {0, 1, 1}, {0}, {1})}), "3 offsets from row 2 on");
  expect_refused(delimited({header(3, 2, 1), csr(-1, {0, 1}, {0}, {1})}), "from row -1 on");
  expect_refused(delimited({header(3, 2, 1), csr(0, {}, {0}, {1})}), "0 offsets");
  expect_refused(delimited({header(3, 2, 1), csr(0, {0, 5, 1}, {0}, {1})}), "do not ascend");
  expect_refused(delimited({header(3, 2, 1), csr(0, {0, 2}, {0}, {1})}), "do not ascend");
}

TEST(Blocks, RefusesDamageAndLies) {
  const std::string dense_file = delimited({header(3, 2), dense(0, {1, 2, 3, 4}), dense(2, {5, 6})});
  const std::string sparse_file = delimited({header(3, 2, 3), entries({0, 1}, {0, 1}, {1, 2}), csr(2, {0, 1}, {0}, {3})});
  for (const std::string& file : {dense_file, sparse_file}) {
    EXPECT_NO_THROW(loaded(file));
    for (std::size_t length = 0; length < file.size(); ++length)
      EXPECT_THROW(loaded(file.substr(0, length)), ModelError) << length;
  }
  expect_refused(delimited({header(3, 2), dense(0, {1, 2}), dense(1, {3, 4})}), "block 3 is missing; 2 of 3 rows");
  expect_refused(delimited({header(3, 2, 3), entries({0, 1, 2}, {0, 1, 0}, {1, 2, 3}), Block()}),
                 "block 2 is no sparse one");
  expect_refused(delimited({header(3, 2, 1'000'000'000'000)}), "announces 1000000000000 entries; the file has");
  expect_refused(delimited({header(3, 2)}), "announces 3 x 2 values; the file has");
  expect_refused("\xff\xff\xff\xff\x07", "cut short");
}

}  // namespace
}  // namespace locus
