// Weights from .npy files: orders and types, and false headers.
#include "sim/model/npy.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include <gtest/gtest.h>

#include "sim/model/load.h"
#include "tests/model/text_parts.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

struct Npy {
  std::string type = "<f8";
  std::string order = "False";
  std::string shape = "(3, 2)";
  int version = 1;
  std::string numbers = {};
  std::string header = {};  // replaces the header from the fields above unless empty

  std::string bytes() const {
    std::string text =
        header.empty() ? "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }" : header;
    text += std::string(63 - (text.size() + (version == 1 ? 10 : 12)) % 64, ' ') + "\n";
    std::string all = "\x93NUMPY";
    all += static_cast<char>(version);
    all += '\0';
    const std::size_t lengths = version == 1 ? 2 : 4;
    for (std::size_t i = 0; i < lengths; ++i) all += static_cast<char>((text.size() >> (8 * i)) & 255U);
    return all + text + numbers;
  }
};

template <class Number>
std::string packed(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

const std::vector<double> kRowMajor = {1, 2, 3, 4, 5, 6.5};
const std::vector<double> kColumnMajor = {1, 3, 5, 2, 4, 6.5};

/// B (3 x 2) of a model from a file of these bytes, or the fault.
struct Loaded {
  std::vector<Fault> faults;
  WeightsSpec weights;
};
Loaded loaded_npy(const std::string& bytes, const std::string& name = "w.npy", const std::string& path = "w.npy") {
  const Folder folder;
  folder.write(name, bytes);
  ModelText model;
  model.b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { file { path: \"" + path + "\" } } }";
  const auto file = folder.write("m.txtpb", model.text());
  Loaded result;
  result.faults = validate(file);
  if (result.faults.empty()) result.weights = load(file).network.projections[0].weights;
  return result;
}

std::vector<double> values_of(const Loaded& result) {
  EXPECT_TRUE(result.faults.empty()) << ModelError(result.faults).what();
  const auto* dense = std::get_if<DenseMatrix>(&result.weights);
  return dense == nullptr ? std::vector<double>() : dense->values;
}

void expect_npy_refused(const std::string& bytes, const std::string& word) {
  const Loaded result = loaded_npy(bytes);
  ASSERT_EQ(result.faults.size(), 1U) << word;
  EXPECT_EQ(result.faults[0].field, "network.projections[0].weights.file.path");
  EXPECT_NE(describe(result.faults[0]).find(word), std::string::npos) << describe(result.faults[0]);
}

TEST(NpyFile, ReadsBothOrdersBothTypesAndEveryVersion) {
  EXPECT_EQ(values_of(loaded_npy(Npy{.numbers = packed(kRowMajor)}.bytes())), kRowMajor);
  EXPECT_EQ(values_of(loaded_npy(Npy{.order = "True", .numbers = packed(kColumnMajor)}.bytes())), kRowMajor);
  const std::vector<float> row_major(kRowMajor.begin(), kRowMajor.end());
  const std::vector<float> column_major(kColumnMajor.begin(), kColumnMajor.end());
  EXPECT_EQ(values_of(loaded_npy(Npy{.type = "<f4", .numbers = packed(row_major)}.bytes())), kRowMajor);
  EXPECT_EQ(values_of(loaded_npy(Npy{.type = "<f4", .order = "True", .numbers = packed(column_major)}.bytes())), kRowMajor);
  EXPECT_EQ(values_of(loaded_npy(Npy{.version = 2, .numbers = packed(kRowMajor)}.bytes())), kRowMajor);
  EXPECT_EQ(values_of(loaded_npy(Npy{.version = 3, .numbers = packed(kRowMajor)}.bytes())), kRowMajor);
  EXPECT_EQ(
      values_of(loaded_npy(
          Npy{.numbers = packed(kRowMajor), .header = "{'shape':(3,2),'descr':'<f8','fortran_order':False}"}.bytes())),
      kRowMajor);
}

/// The numbers 1 to 6 in a type, in the order of bytes of a big-endian machine if asked for.
template <class Number>
std::string packed_as(bool big_endian) {
  std::string bytes;
  for (int k = 1; k <= 6; ++k) {
    const auto number = static_cast<Number>(k);
    std::string one(reinterpret_cast<const char*>(&number), sizeof(Number));
    if (big_endian) std::reverse(one.begin(), one.end());
    bytes += one;
  }
  return bytes;
}

TEST(NpyFile, ReadsEveryTypeThatFloat64Holds) {
  const std::vector<double> whole = {1, 2, 3, 4, 5, 6};
  const auto read = [](const std::string& type, const std::string& numbers) {
    return values_of(loaded_npy(Npy{.type = type, .numbers = numbers}.bytes()));
  };
  for (const bool big : {false, true}) {
    const std::string order = big ? ">" : "<";
    EXPECT_EQ(read(order + "f8", packed_as<double>(big)), whole);
    EXPECT_EQ(read(order + "f4", packed_as<float>(big)), whole);
    EXPECT_EQ(read(order + "i8", packed_as<std::int64_t>(big)), whole);
    EXPECT_EQ(read(order + "i4", packed_as<std::int32_t>(big)), whole);
    EXPECT_EQ(read(order + "i2", packed_as<std::int16_t>(big)), whole);
    EXPECT_EQ(read(order + "u8", packed_as<std::uint64_t>(big)), whole);
    EXPECT_EQ(read(order + "u4", packed_as<std::uint32_t>(big)), whole);
    EXPECT_EQ(read(order + "u2", packed_as<std::uint16_t>(big)), whole);
  }
  EXPECT_EQ(read("|i1", packed_as<std::int8_t>(false)), whole);
  EXPECT_EQ(read("|u1", packed_as<std::uint8_t>(false)), whole);
  EXPECT_EQ(read("|b1", std::string("\0\1\1\0\0\1", 6)), (std::vector<double>{0, 1, 1, 0, 0, 1}));
  EXPECT_EQ(read("|i1", "\x80\xff\x7f\x01\x02\x03"), (std::vector<double>{-128, -1, 127, 1, 2, 3}));
  const std::vector<std::int64_t> large = {
      -(std::int64_t{1} << 53), std::int64_t{1} << 53, INT64_MIN, (std::int64_t{1} << 62) + 1024, 0, -1};
  EXPECT_EQ(read("<i8", packed(large)), (std::vector<double>{-0x1p53, 0x1p53, -0x1p63, 0x1p62 + 1024, 0, -1}));
}

/// The bits of IEEE 754 binary16, from its tables: the largest, the smallest normal, the largest
/// and the smallest below it, 1/3 rounded, -2.
TEST(NpyFile, ReadsFloat16) {
  const std::vector<std::uint16_t> bits = {0x7bff, 0x0400, 0x03ff, 0x0001, 0x3555, 0xc000};
  const std::vector<double> right = {
      65504, 6.103515625e-05, 6.097555160522461e-05, 5.960464477539063e-08, 0.333251953125, -2};
  EXPECT_EQ(values_of(loaded_npy(Npy{.type = "<f2", .numbers = packed(bits)}.bytes())), right);
  std::vector<std::uint16_t> swapped;
  for (const std::uint16_t one : bits) swapped.push_back(static_cast<std::uint16_t>((one << 8) | (one >> 8)));
  EXPECT_EQ(values_of(loaded_npy(Npy{.type = ">f2", .numbers = packed(swapped)}.bytes())), right);
  expect_npy_refused(Npy{.type = "<f2", .numbers = packed(std::vector<std::uint16_t>{0, 0, 0x7c00, 0, 0, 0})}.bytes(),
                     "entry (1, 0) is inf; must be finite");
}

TEST(NpyFile, ReadsHeadersOfPython2) {
  for (const char* shape : {"(3L, 2L)", "(3L,2L)", "(3, 2L,)"})
    EXPECT_EQ(values_of(loaded_npy(Npy{.shape = shape, .numbers = packed(kRowMajor)}.bytes())), kRowMajor) << shape;
  for (const char* shape : {"(L, 2)", "(3LL, 2)", "(3 2)", "(3,, 2)", "[3, 2]", "(3L2)"})
    expect_npy_refused(Npy{.shape = shape, .numbers = packed(kRowMajor)}.bytes(), "without a shape");
}

TEST(NpyFile, SaysByHowMuchAWholeNumberIsMissed) {
  std::vector<std::int64_t> numbers = {1, 2, 3, (std::int64_t{1} << 53) + 1, 5, 6};
  expect_npy_refused(Npy{.type = "<i8", .numbers = packed(numbers)}.bytes(),
                     "entry (1, 1) is 9007199254740993, which float64 misses by 1; must be a number that float64 holds, "
                     "as the nearest does: 9007199254740992");
  expect_npy_refused(Npy{.type = "<i8", .order = "True", .numbers = packed(numbers)}.bytes(), "entry (0, 1) is 9007");
  numbers[3] = INT64_MAX;
  expect_npy_refused(Npy{.type = "<i8", .numbers = packed(numbers)}.bytes(),
                     "9223372036854775807, which float64 misses by 1;");
  numbers[3] = INT64_MIN + 1000;
  expect_npy_refused(Npy{.type = "<i8", .numbers = packed(numbers)}.bytes(),
                     "-9223372036854774808, which float64 misses by 24;");
  numbers[3] = -1;  // 2^64 - 1 to an unsigned type
  expect_npy_refused(Npy{.type = "<u8", .numbers = packed(numbers)}.bytes(),
                     "18446744073709551615, which float64 misses by 1;");
}

TEST(NpyFile, RefusesWhatDoesNotFit) {
  expect_npy_refused(Npy{.shape = "(2, 3)", .numbers = packed(kRowMajor)}.bytes(),
                     "2 x 3 values; must be 3 x 2: the size of target \"rec\" x the size of source \"in\"");
  expect_npy_refused(Npy{.shape = "(6,)", .numbers = packed(kRowMajor)}.bytes(), "shape (6,)");
  expect_npy_refused(Npy{.shape = "(3, 2, 1)", .numbers = packed(kRowMajor)}.bytes(), "two-dimensional");
  expect_npy_refused(Npy{.shape = "()", .numbers = packed(kRowMajor)}.bytes(), "two-dimensional");
  expect_npy_refused(Npy{.type = "<c8", .numbers = packed(kRowMajor)}.bytes(), "type '<c8'; must be float16");
  expect_npy_refused(Npy{.type = "<f16", .numbers = packed(kRowMajor)}.bytes(), "type '<f16'");
  expect_npy_refused(Npy{.type = "|O", .numbers = packed(kRowMajor)}.bytes(), "type '|O'");
  std::vector<double> infinite = kRowMajor;
  infinite[3] = INFINITY;
  expect_npy_refused(Npy{.numbers = packed(infinite)}.bytes(), "entry (1, 1) is inf; must be finite");
}

TEST(NpyFile, RefusesDamageAndLies) {
  const std::string good = Npy{.numbers = packed(kRowMajor)}.bytes();
  expect_npy_refused("", "no .npy file");
  expect_npy_refused("not numbers at all", "no .npy file");
  expect_npy_refused(good.substr(0, 9), "no .npy file");
  expect_npy_refused(good.substr(0, 40), "ends within its header");
  expect_npy_refused(good.substr(0, good.size() - 1), "47 bytes of numbers; 3 x 2 of them take 48");
  expect_npy_refused(good + "x", "49 bytes of numbers");
  expect_npy_refused(Npy{.version = 9, .numbers = packed(kRowMajor)}.bytes(), "version 9");
  expect_npy_refused(Npy{.shape = "(1000000000, 1000000000)"}.bytes(), "1000000000 x 1000000000");
  expect_npy_refused(Npy{.shape = "(99999999999999999999, 2)"}.bytes(), "without a shape");
  expect_npy_refused(Npy{.shape = "(-3, -2)"}.bytes(), "without a shape");
  expect_npy_refused(Npy{.header = "{'descr': '<f8', 'fortran_order': Maybe, 'shape': (3, 2)}"}.bytes(),
                     "without an order");
  expect_npy_refused(Npy{.header = "{}"}.bytes(), "type ");
  std::string long_header = "\x93NUMPY\x02";
  long_header += std::string(1, '\0') + "\xff\xff\xff\x7f";
  expect_npy_refused(long_header, "header of 2147483647 bytes");
}

TEST(WeightsFile, StaysInTheModelsFolder) {
  const std::string good = Npy{.numbers = packed(kRowMajor)}.bytes();
  EXPECT_EQ(values_of(loaded_npy(good, "deep/er/w.npy", "deep/er/w.npy")), kRowMajor);
  EXPECT_EQ(values_of(loaded_npy(good, "w.npy", "deep/../w.npy")), kRowMajor);
  for (const char* path : {"../w.npy", "/etc/w.npy", "a/../../w.npy", "./../w.npy"}) {
    const Loaded result = loaded_npy(good, "w.npy", path);
    ASSERT_EQ(result.faults.size(), 1U) << path;
    EXPECT_NE(describe(result.faults[0]).find("must be a path relative to the model's folder, and inside of it"), std::string::npos)
        << describe(result.faults[0]);
  }
  for (const auto& [path, word] : {std::pair{"absent.npy", "does not exist"},
                                   {"", "must end in .npy"},
                                   {"w.mat", "must end in .npy"},
                                   {"folder.npy", "no regular file"}}) {
    const Loaded result = loaded_npy(good, "folder.npy/w.npy", path);
    ASSERT_EQ(result.faults.size(), 1U) << path;
    EXPECT_NE(describe(result.faults[0]).find(word), std::string::npos) << describe(result.faults[0]);
  }
}

}  // namespace
}  // namespace locus
