// TensorBoard's event files, read by code that is independent of the writer: the CRC bit by bit,
// the messages by protobuf's own parser.
#include "sim/report/event_file.h"

#include <bit>
#include <cstring>
#include <map>

#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "tests/report/sample.h"
#include "tests/support/folder.h"

namespace locus {
namespace {

using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;

/// CRC-32C by long division of polynomials, most significant bit first, on reflected bytes.
std::uint32_t divided(std::string_view bytes) {
  const auto reflect = [](std::uint32_t x, int bits) {
    std::uint32_t y = 0;
    for (int i = 0; i < bits; ++i) y |= ((x >> static_cast<unsigned>(i)) & 1U) << static_cast<unsigned>(bits - 1 - i);
    return y;
  };
  std::uint32_t remainder = 0xffffffffU;
  for (const char byte : bytes) {
    remainder ^= reflect(static_cast<unsigned char>(byte), 8) << 24U;
    for (int bit = 0; bit < 8; ++bit) remainder = (remainder << 1U) ^ ((remainder >> 31U) * 0x1edc6f41U);
  }
  return reflect(~remainder, 32);
}

template <class Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);  // little-endian machines
  return number;
}

/// The records of a file; `divided` checks every checksum.
std::vector<std::string> records(const std::string& file) {
  const auto check = [&](std::size_t begin, std::size_t size, std::size_t at) {
    const std::uint32_t crc = divided(std::string_view(file).substr(begin, size));
    EXPECT_EQ(number_at<std::uint32_t>(file, at), ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U);
  };
  std::vector<std::string> found;
  for (std::size_t at = 0; at < file.size();) {
    const auto size = static_cast<std::size_t>(number_at<std::uint64_t>(file, at));
    check(at, 8, at + 8);
    check(at + 12, size, at + 12 + size);
    found.push_back(file.substr(at + 12, size));
    at += 16 + size;
  }
  return found;
}

/// The value of a field of any type.
struct Field {
  std::uint64_t varint = 0;
  float small = 0;
  double real = 0;
  std::string text;
};

/// The first field with this number in a message.
Field field(const std::string& message, int number) {
  UnknownFieldSet set;
  EXPECT_TRUE(set.ParseFromString(message));
  for (int i = 0; i < set.field_count(); ++i) {
    const UnknownField& found = set.field(i);
    if (found.number() != number) continue;
    switch (found.type()) {
      case UnknownField::TYPE_VARINT: return {.varint = found.varint(), .text = {}};
      case UnknownField::TYPE_FIXED32: return {.small = std::bit_cast<float>(found.fixed32()), .text = {}};
      case UnknownField::TYPE_FIXED64: return {.real = std::bit_cast<double>(found.fixed64()), .text = {}};
      default: return {.text = found.length_delimited()};
    }
  }
  ADD_FAILURE() << "no field " << number;
  return {};
}

struct Value {
  std::uint64_t step;
  std::string tag;
  std::string value;  // the message Summary.Value
};

std::vector<Value> values(const Outcome& outcome, const std::vector<Series>& series = {}) {
  std::vector<Value> found;
  const std::vector<std::string> all = records(event_file(outcome, series));
  EXPECT_EQ(field(all.at(0), 3).text, "brain.Event:2");
  for (std::size_t i = 1; i < all.size(); ++i) {
    const std::string value = field(field(all[i], 5).text, 1).text;
    found.push_back({field(all[i], 2).varint, field(value, 1).text, value});
  }
  return found;
}

float scalar_of(const Value& value) { return field(value.value, 2).small; }

TEST(EventFile, ChecksumsAreThoseOfTheStandard) {
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);  // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43U);
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(divided("123456789"), 0xe3069283U);
}

TEST(EventFile, HoldsLossesAndCurves) {
  const Outcome outcome = sample_result().outcomes[0];
  const std::vector<Series> series = {{"alignment", {0, 10, 20}, {0.3, 0.6, 0.95}}, {"messages/local", {20}, {100}}};
  std::map<std::string, std::map<std::uint64_t, float>> curves;
  for (const Value& value : values(outcome, series)) {
    if (value.tag == "lags") continue;
    EXPECT_TRUE(curves[value.tag].emplace(value.step, scalar_of(value)).second) << value.tag;
  }
  ASSERT_EQ(curves.size(), 3U);
  ASSERT_EQ(curves["loss"].size(), 20U);
  for (const auto& [step, loss] : curves["loss"]) EXPECT_EQ(loss, static_cast<float>(outcome.losses.at(step)));
  const std::map<std::uint64_t, float> alignment = {{0, 0.3F}, {10, 0.6F}, {20, 0.95F}};
  EXPECT_EQ(curves["alignment"], alignment);
  const std::map<std::uint64_t, float> messages = {{20, 100.0F}};
  EXPECT_EQ(curves["messages/local"], messages);
}

TEST(EventFile, HistogramOfLagsCountsMessagesATrial) {
  const std::vector<Value> all = values(sample_result().outcomes[0]);
  ASSERT_EQ(all.back().tag, "lags");
  EXPECT_EQ(all.back().step, 20U);
  const std::string histogram = field(all.back().value, 5).text;
  const auto real = [&](int number) { return field(histogram, number).real; };
  EXPECT_EQ(real(1), 0);       // smallest lag
  EXPECT_EQ(real(2), 3);       // largest
  EXPECT_EQ(real(3), 120);     // messages
  EXPECT_EQ(real(4), 3 * 20);  // sum of lags
  EXPECT_EQ(real(5), 9 * 20);  // sum of their squares
  const auto reals = [&](int number) {
    const std::string packed = field(histogram, number).text;
    std::vector<double> numbers;
    for (std::size_t at = 0; at < packed.size(); at += 8)
      numbers.push_back(std::bit_cast<double>(number_at<std::uint64_t>(packed, at)));
    return numbers;
  };
  EXPECT_EQ(reals(6), (std::vector<double>{0.5, 1.5, 2.5, 3.5}));
  EXPECT_EQ(reals(7), (std::vector<double>{100, 0, 0, 20}));
}

TEST(EventFile, EveryRuleHasARunDirectoryWithItsOwnCurves) {
  const Folder folder;
  const std::vector<Series> curves = {{"rank/W", {0, 20}, {0, 1}}};
  write_event_files(sample_result(), {{"rflo", curves}}, folder.path());
  for (const char* rule : {"bptt", "rflo"}) {
    const bool first = rule == std::string("bptt");
    const std::string bytes = folder.text(std::filesystem::path("sample") / rule / "events.out.tfevents.0.locus");
    EXPECT_EQ(bytes, event_file(sample_result().outcomes[first ? 0 : 1], first ? std::vector<Series>{} : curves));
  }
}

}  // namespace
}  // namespace locus
