// docs/model-format.md: every example on the page loads, and its faults are those of the loader.
//
// A block with the mark `textproto` is a whole model if it begins with its schema. Any other block
// replaces the parts of the same names in the first block, as the page explains. A block `textproto
// wrong` is followed by a block `text` with its fault.
#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/load.h"

namespace locus {
namespace {

struct Block {
  std::string kind;  // the words after the opening fence
  std::string text;
  int line = 0;  // of the opening fence
};

std::vector<Block> blocks_of(const std::filesystem::path& page) {
  std::ifstream file(page);
  std::vector<Block> blocks;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), "", number});
    } else if (inside) {
      blocks.back().text += line + '\n';
    }
  }
  EXPECT_FALSE(inside) << "a block is not closed";
  return blocks;
}

/// The text of a model in its top-level parts with their names. A part begins in the first column
/// and ends before the next one.
struct Part {
  std::string name;
  std::string text;
};
std::vector<Part> parts_of(const std::string& text) {
  std::istringstream lines(text);
  std::vector<Part> parts;
  for (std::string line; std::getline(lines, line);) {
    const bool begins = !line.empty() && line[0] >= 'a' && line[0] <= 'z';
    if (begins || parts.empty()) parts.push_back({line.substr(0, line.find_first_of(" :{")), ""});
    parts.back().text += line + '\n';
  }
  return parts;
}

std::string replaced(const std::string& base, const std::string& example) {
  const std::vector<Part> given = parts_of(example);
  std::set<std::string> replaced;
  std::string text;
  const auto put = [&](const std::string& name) {
    if (!replaced.insert(name).second) return;
    for (const Part& part : given) {
      if (part.name == name) text += part.text;
    }
  };
  for (const Part& part : parts_of(base)) {
    const bool is_given = std::ranges::any_of(given, [&](const Part& other) { return other.name == part.name; });
    if (is_given)
      put(part.name);
    else
      text += part.text;
  }
  for (const Part& part : given) put(part.name);  // the parts that the base lacks
  return text;
}

/// A folder with the files of the page's examples: A.npy (1 x 3) and B.blocks (3 x 2, dense).
class ModelFormat : public testing::Test {
 protected:
  ModelFormat()
      : folder_(std::filesystem::temp_directory_path() / ("locus-model-format-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    std::string header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3), }";
    header.resize(117, ' ');
    write("A.npy", std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + '\n' + doubles(3));
    // header { rows: 3 cols: 2 }
    const std::string block_header("\x06\x0a\x04\x08\x03\x10\x02", 7);
    // dense { values: six }
    const std::string rows = std::string("\x34\x12\x32\x12\x30", 5) + doubles(6);
    write("B.blocks", block_header + rows);
  }
  ~ModelFormat() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
    return folder_ / name;
  }
  static std::string doubles(int number) {
    std::string bytes;
    for (int k = 1; k <= number; ++k) {
      const auto value = std::bit_cast<std::array<char, 8>>(0.5 * k);
      bytes.append(value.begin(), value.end());
    }
    return bytes;
  }

  std::vector<Block> blocks_ = blocks_of(std::filesystem::path(LOCUS_MODELS).parent_path() / "docs" / "model-format.md");
  std::filesystem::path folder_;
};

TEST_F(ModelFormat, EveryExampleLoads) {
  ASSERT_FALSE(blocks_.empty());
  const std::string& base = blocks_[0].text;
  ASSERT_TRUE(base.starts_with("# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n"));
  int examples = 0;
  for (const Block& block : blocks_) {
    if (block.kind != "textproto") continue;
    SCOPED_TRACE("the example in line " + std::to_string(block.line));
    const std::string text = &block == &blocks_[0] ? base : replaced(base, block.text);
    for (const Fault& fault : validate(write("example.txtpb", text))) ADD_FAILURE() << describe(fault) << '\n' << text;
    ++examples;
  }
  EXPECT_GE(examples, 7);
}

TEST_F(ModelFormat, ExamplesSayWhatTheySeemToSay) {
  for (const Block& block : blocks_) {
    if (block.kind != "textproto" || block.text.find("A.npy") == std::string::npos) continue;
    const Spec spec = load(write("files.txtpb", replaced(blocks_[0].text, block.text)));
    EXPECT_EQ(spec.name, "example");
    EXPECT_EQ(std::get<DenseMatrix>(spec.network.projections.at(0).weights).values,
              (std::vector{0.5, 1.0, 1.5, 2.0, 2.5, 3.0}));
    EXPECT_EQ(std::get<DenseMatrix>(spec.network.projections.at(2).weights).values, (std::vector{0.5, 1.0, 1.5}));
    return;
  }
  FAIL() << "no example with weights in files";
}

TEST_F(ModelFormat, FaultsAreThoseShown) {
  for (std::size_t k = 0; k < blocks_.size(); ++k) {
    if (blocks_[k].kind != "textproto wrong") continue;
    ASSERT_LT(k + 1, blocks_.size());
    ASSERT_EQ(blocks_[k + 1].kind, "text");
    std::string said;
    for (Fault fault : validate(write("example.txtpb", replaced(blocks_[0].text, blocks_[k].text)))) {
      fault.file = "example.txtpb";
      said += describe(fault) + '\n';
    }
    EXPECT_EQ(said, blocks_[k + 1].text);
    return;
  }
  FAIL() << "no wrong example";
}

}  // namespace
}  // namespace locus
