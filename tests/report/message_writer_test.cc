// Messages written piece by piece have the bytes that protobuf gives for them: random messages of
// every kind that is written, and lists that are lent.
#include "sim/report/message_writer.h"

#include <array>
#include <bit>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include "locus/v1/result.pb.h"
#include "locus/v1/sweep.pb.h"
#include "locus/v1/weights.pb.h"

namespace locus {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string protobuf_json(const Message& message, bool lines) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.add_whitespace = lines;
  std::string text;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &text, options).ok());
  return text;
}

/// Fills random fields of a message with values at the borders of what they can be.
class Filler {
 public:
  explicit Filler(unsigned seed) : random_(seed) {}

  void fill(Message& message, int depth) {
    const auto& descriptor = *message.GetDescriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const FieldDescriptor& field = *descriptor.field(i);
      if (pick(3) == 0) continue;
      const int times = field.is_repeated() ? static_cast<int>(pick(4)) : 1;
      for (int k = 0; k < times; ++k) set(message, field, depth);
    }
  }

  double number() {
    constexpr double kLarge = std::numeric_limits<double>::max();
    static constexpr std::array kNumbers = {0.0,
                                            -0.0,
                                            1.0,
                                            -1.0,
                                            0.1,
                                            1.0 / 3,
                                            1e15,
                                            1e16,
                                            123456789012345678.0,
                                            1e-5,
                                            1e-4,
                                            5e-324,
                                            1e300,
                                            kLarge,
                                            2.5e7,
                                            1e21,
                                            1e5,
                                            100000.,
                                            1e-300,
                                            0.5,
                                            1e-17,
                                            4.0e-6,
                                            9007199254740993.0};
    switch (pick(4)) {
      case 0: return kNumbers[pick(kNumbers.size())];
      case 1: return std::array{std::numeric_limits<double>::quiet_NaN(), 1 / 0.0, -1 / 0.0}[pick(3)];
      default: return std::bit_cast<double>(random_());
    }
  }

 private:
  std::size_t pick(std::size_t below) { return random_() % below; }

  std::string text() {
    static const std::array<std::string, 10> kTexts = {
        "",        "plain", "a \"quote\" \\ /", "<script>&amp;'", "tab\tline\nreturn\r\b\f\x01\x1f\x7f", "grün",
        "\u2028x", "日本",  "\U0001F600",       "\u00ad\ufeff"};
    return kTexts[pick(kTexts.size())];
  }
  std::int64_t integer() {
    static constexpr std::array<std::int64_t, 8> kIntegers = {
        0, 1, -1, 127, 128, -129, std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::min()};
    return kIntegers[pick(kIntegers.size())];
  }

  void set(Message& message, const FieldDescriptor& field, int depth) {
    const auto& at = *message.GetReflection();
    const bool many = field.is_repeated();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth > 0) fill(many ? *at.AddMessage(&message, &field) : *at.MutableMessage(&message, &field), depth - 1);
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        return many ? at.AddString(&message, &field, text()) : at.SetString(&message, &field, text());
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return many ? at.AddDouble(&message, &field, number()) : at.SetDouble(&message, &field, number());
      case FieldDescriptor::CPPTYPE_INT32: {
        const auto value = static_cast<std::int32_t>(integer());
        return many ? at.AddInt32(&message, &field, value) : at.SetInt32(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_INT64:
        return many ? at.AddInt64(&message, &field, integer()) : at.SetInt64(&message, &field, integer());
      case FieldDescriptor::CPPTYPE_UINT64: {
        const auto value = static_cast<std::uint64_t>(integer());
        return many ? at.AddUInt64(&message, &field, value) : at.SetUInt64(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_BOOL: {
        const bool value = pick(2) == 1;
        return many ? at.AddBool(&message, &field, value) : at.SetBool(&message, &field, value);
      }
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int value = static_cast<int>(pick(9));  // some have no name
        return many ? at.AddEnumValue(&message, &field, value) : at.SetEnumValue(&message, &field, value);
      }
      default: FAIL() << "a field of a type that nothing writes: " << field.full_name();
    }
  }

  std::mt19937_64 random_;
};

std::string json(const Message& message, const LentLists& lists, JsonLayout layout) {
  return text_of([&](Output& to) { write_json(message, lists, layout, to); });
}
std::string wire(const Message& message, const LentLists& lists) {
  return text_of([&](Output& to) { write_wire(message, lists, to); });
}

template <class M>
void agree(unsigned seeds) {
  for (unsigned seed = 0; seed < seeds; ++seed) {
    M message;
    Filler(seed).fill(message, 6);
    ASSERT_EQ(json(message, {}, JsonLayout::kOneLine), protobuf_json(message, false)) << seed;
    ASSERT_EQ(json(message, {}, JsonLayout::kLines), protobuf_json(message, true)) << seed;
    ASSERT_EQ(wire(message, {}), message.SerializeAsString()) << seed;
    ASSERT_EQ(wire_size(message, {}), static_cast<std::int64_t>(message.ByteSizeLong())) << seed;
  }
}

TEST(MessageWriter, GivesTheBytesOfProtobuf) {
  agree<v1::Result>(200);
  agree<v1::Sweep>(50);
  agree<v1::MatrixBlock>(50);
}

/// The same result twice: with its lists inside, and with them lent.
TEST(MessageWriter, GivesTheSameBytesForListsThatAreLent) {
  for (unsigned seed = 0; seed < 30; ++seed) {
    Filler filler(seed);
    std::vector<double> numbers(seed * seed);
    for (double& number : numbers) number = filler.number();
    std::vector<std::int32_t> places;
    for (std::size_t k = 0; k < numbers.size(); ++k)
      places.push_back(k % 5 == 0 ? -1 : static_cast<std::int32_t>(k * k * k));
    const auto fill_one = [&](std::size_t k, Message& to) {
      auto& evaluation = dynamic_cast<v1::Run::Evaluation&>(to);
      evaluation.set_update(places[k]);
      evaluation.set_loss(numbers[k]);
    };

    v1::Result whole;
    v1::Result bare;
    LentLists lists;
    for (int r = 0; r < 3; ++r) {
      v1::Run run;
      run.set_rule("r" + std::to_string(r));
      run.set_fingerprint("f");
      run.add_weights()->set_projection("B");
      run.mutable_weights(0)->mutable_sparse()->set_rows(3);
      run.add_weights()->mutable_matrix();
      *bare.add_runs() = run;
      const v1::Run& lean = bare.runs(r);
      lists.add(lean, v1::Run::kLossesFieldNumber, std::span<const double>(numbers));
      lists.add(lean, v1::Run::kEvaluationsFieldNumber, LentMessages{numbers.size(), fill_one});
      lists.add(lean.weights(0).sparse(), v1::SparseMatrix::kRowFieldNumber, std::span<const std::int32_t>(places));
      lists.add(lean.weights(0).sparse(), v1::SparseMatrix::kValuesFieldNumber, std::span<const double>(numbers));
      lists.add(lean.weights(1).matrix(), v1::Matrix::kValuesFieldNumber, std::span<const double>(numbers));
      run.mutable_losses()->Add(numbers.begin(), numbers.end());
      for (std::size_t k = 0; k < numbers.size(); ++k) fill_one(k, *run.add_evaluations());
      v1::SparseMatrix& sparse = *run.mutable_weights(0)->mutable_sparse();
      sparse.mutable_row()->Add(places.begin(), places.end());
      sparse.mutable_values()->Add(numbers.begin(), numbers.end());
      run.mutable_weights(1)->mutable_matrix()->mutable_values()->Add(numbers.begin(), numbers.end());
      *whole.add_runs() = run;
    }
    ASSERT_EQ(json(bare, lists, JsonLayout::kOneLine), protobuf_json(whole, false)) << seed;
    ASSERT_EQ(json(bare, lists, JsonLayout::kLines), protobuf_json(whole, true)) << seed;
    ASSERT_EQ(wire(bare, lists), whole.SerializeAsString()) << seed;
    ASSERT_EQ(wire_size(bare, lists), static_cast<std::int64_t>(whole.ByteSizeLong())) << seed;
  }
}

}  // namespace
}  // namespace locus
