#include "sim/model/wire_arrays.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>

#include <google/protobuf/descriptor.h>

#include "core/base/huge_pages.h"

namespace locus {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr std::size_t kLarge = std::size_t{1} << 16U;  // bytes: smaller arrays are protobuf's

/// The bytes of a message, field by field. Every reader returns false at what is no wire form.
struct Cursor {
  std::string_view left;

  bool varint(std::uint64_t& value) {
    constexpr std::size_t kLongest = 10;  // bytes
    value = 0;
    for (std::size_t i = 0; i < std::min(left.size(), kLongest); ++i) {
      const auto byte = static_cast<unsigned char>(left[i]);
      value |= std::uint64_t{byte & 0x7fU} << (7 * i);
      if (byte >= 0x80U) continue;
      left.remove_prefix(i + 1);
      return true;
    }
    return false;
  }
  bool take(std::uint64_t size, std::string_view& bytes) {
    if (size > left.size()) return false;
    bytes = left.substr(0, size);
    left.remove_prefix(size);
    return true;
  }
};

void put_varint(std::uint64_t value, std::string& to) {
  for (; value >= 0x80U; value >>= 7U) to += static_cast<char>((value & 0x7fU) | 0x80U);
  to += static_cast<char>(value);
}

bool decode(std::string_view bytes, std::vector<double>& values) {
  if (std::endian::native != std::endian::little || bytes.size() % sizeof(double) != 0) return false;
  values.reserve(bytes.size() / sizeof(double));
  ask_for_huge_pages(values.data(), bytes.size());
  // in the nearest cache: the vector is written once, and never with zeros
  std::array<double, 1024> some;
  while (!bytes.empty()) {
    const std::size_t size = std::min(bytes.size(), sizeof some);
    std::memcpy(some.data(), bytes.data(), size);
    values.insert(values.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(size / sizeof(double)));
    bytes.remove_prefix(size);
  }
  return true;
}

/// Varints, of which an int32 takes the low half, as protobuf does.
template <class T>
bool decode(std::string_view bytes, std::vector<T>& values) {
  const auto count = std::count_if(bytes.begin(), bytes.end(), [](char byte) { return (byte & 0x80) == 0; });
  values.reserve(static_cast<std::size_t>(count));
  ask_for_huge_pages(values.data(), static_cast<std::size_t>(count) * sizeof(T));
  Cursor cursor{bytes};
  for (std::uint64_t value = 0; !cursor.left.empty();) {
    if (!cursor.varint(value)) return false;
    values.push_back(static_cast<T>(value));
  }
  return true;
}

bool is_matrix(const Descriptor& type) {
  return type.full_name() == "locus.v1.Matrix" || type.full_name() == "locus.v1.SparseMatrix" ||
         type.full_name() == "locus.v1.CsrMatrix";
}

}  // namespace

/// One walk over the bytes of a message and those in it.
class WireCut {
 public:
  explicit WireCut(WireArrays& arrays) : arrays_(arrays) {}

  /// Appends to `rest` what is not taken; false where the bytes are not plain.
  bool walk(std::string_view bytes, const Descriptor& type, const FieldPath& where, std::string& rest) {
    std::map<int, int> met;  // how often each field has come
    Cursor cursor{bytes};
    while (!cursor.left.empty()) {
      const std::string_view whole = cursor.left;
      std::uint64_t tag = 0;
      std::string_view value;
      if (!cursor.varint(tag) || tag > 0xffffffffU || !skip(tag & 7U, cursor, value)) return false;
      const FieldDescriptor* field = type.FindFieldByNumber(static_cast<int>(tag >> 3U));
      const int before = field == nullptr ? 0 : met[field->number()]++;
      const bool delimited = (tag & 7U) == kDelimited;
      const bool message = field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (before > 0 && (is_matrix(type) || (message && !field->is_repeated()))) return false;
      if (field != nullptr && delimited && value.size() >= kLarge) {
        if (message) {
          std::string inner;
          const int index = field->is_repeated() ? before : -1;
          if (!walk(value, *field->message_type(), where.at(field->name(), index), inner)) return false;
          put_varint(tag, rest);
          put_varint(inner.size(), rest);
          rest += inner;
          continue;
        }
        if (is_matrix(type) && field->is_repeated()) {
          if (!take(value, *field, where.at(field->name()))) return false;
          continue;
        }
      }
      rest += whole.substr(0, whole.size() - cursor.left.size());
    }
    return true;
  }

 private:
  // the wire type of messages, texts and packed arrays
  static constexpr std::uint64_t kDelimited = 2;

  static bool skip(std::uint64_t wire_type, Cursor& cursor, std::string_view& value) {
    std::uint64_t number = 0;
    switch (wire_type) {
      case 0: return cursor.varint(number);
      case 1: return cursor.take(8, value);
      case kDelimited: return cursor.varint(number) && cursor.take(number, value);
      case 5: return cursor.take(4, value);
      default: return false;
    }
  }

  bool take(std::string_view bytes, const FieldDescriptor& field, const FieldPath& where) {
    WireArrays::Array& array = arrays_.arrays_[where.text()];
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_DOUBLE: return decode(bytes, array.emplace<std::vector<double>>());
      case FieldDescriptor::CPPTYPE_INT32: return decode(bytes, array.emplace<std::vector<std::int32_t>>());
      case FieldDescriptor::CPPTYPE_INT64: return decode(bytes, array.emplace<std::vector<std::int64_t>>());
      default: return false;
    }
  }

  WireArrays& arrays_;
};

std::optional<std::string> WireArrays::take_from(std::string_view bytes, const Descriptor& root) {
  if (bytes.size() < kLarge) return std::nullopt;
  std::string rest;
  if (WireCut(*this).walk(bytes, root, {}, rest)) return rest;
  arrays_.clear();
  return std::nullopt;
}

}  // namespace locus
