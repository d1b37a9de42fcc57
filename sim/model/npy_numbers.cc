#include "sim/model/npy_numbers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>

#include <fmt/format.h>

namespace locus {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers of a file are little-endian but for their mark");

constexpr std::size_t kBlock = 1 << 16;  // numbers read at a time

/// float16, IEEE 754 binary16, as its bits.
struct Half {
  std::uint16_t bits;
};

double number_of(Half half) {
  const int exponent = (half.bits >> 10) & 31;
  const int fraction = half.bits & 1023;
  const double size = exponent == 31  ? (fraction == 0 ? INFINITY : NAN)
                      : exponent == 0 ? std::ldexp(fraction, -24)
                                      : std::ldexp(fraction + 1024, exponent - 25);
  return (half.bits >> 15) != 0 ? -size : size;
}
double number_of(bool value) { return value ? 1 : 0; }
template <class Number>
double number_of(Number number) {
  return static_cast<double>(number);
}

template <class Number>
std::optional<InexactNumber> loss_of(Number number) {
  const auto nearest = static_cast<double>(number);
  // the first that Number does not hold
  constexpr double kLimit = std::is_signed_v<Number> ? 0x1p63 : 0x1p64;
  // arithmetic of uint64 is that of both signs, modulo 2^64
  const auto back = nearest == kLimit ? static_cast<std::uint64_t>(std::numeric_limits<Number>::max()) + 1
                                      : static_cast<std::uint64_t>(static_cast<Number>(nearest));
  const auto given = static_cast<std::uint64_t>(number);
  if (back == given) return std::nullopt;
  return InexactNumber{0, fmt::format("{}", number), fmt::format("{:.0f}", nearest), std::min(back - given, given - back)};
}

template <class Number>
Number from_bytes(const char* bytes, bool big_endian) {
  std::array<char, sizeof(Number)> own;
  std::copy_n(bytes, sizeof(Number), own.begin());
  if (big_endian) std::reverse(own.begin(), own.end());
  if constexpr (std::is_same_v<Number, bool>) {
    return own[0] != 0;
  } else {
    return std::bit_cast<Number>(own);
  }
}

/// Reads the numbers a block at a time and puts each where it belongs.
template <class Number>
bool read_as(std::istream& stream, bool big_endian, const NpyOrder& order, std::vector<double>& values,
             std::optional<InexactNumber>& inexact) {
  std::vector<char> block(std::min(values.size(), kBlock) * sizeof(Number));
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const std::size_t count = std::min(kBlock, values.size() - begin);
    stream.read(block.data(), static_cast<std::streamsize>(count * sizeof(Number)));
    if (!stream) return false;
    for (std::size_t k = 0; k < count; ++k) {
      const auto number = from_bytes<Number>(block.data() + k * sizeof(Number), big_endian);
      const std::size_t at = begin + k;
      values[order.rows > 0 ? at % order.rows * order.cols + at / order.rows : at] = number_of(number);
      if constexpr (std::is_integral_v<Number> && sizeof(Number) == 8) {
        if (inexact) continue;
        inexact = loss_of(number);
        if (inexact) inexact->at = static_cast<std::int64_t>(at);
      }
    }
  }
  return true;
}

}  // namespace

std::optional<InexactNumber> inexact_number(std::int64_t number) { return loss_of(number); }
std::optional<InexactNumber> inexact_number(std::uint64_t number) { return loss_of(number); }

std::optional<NpyType> npy_type(std::string_view descr) {
  if (descr.starts_with('u')) descr.remove_prefix(1);  // of Python 2: u'<f8'
  if (descr.size() < 2 || (descr.front() != '\'' && descr.front() != '"') || descr.back() != descr.front())
    return std::nullopt;
  descr = descr.substr(1, descr.size() - 2);
  NpyType type;
  if (descr.empty()) return std::nullopt;
  const char order = descr.front();
  if (order == '<' || order == '>' || order == '|' || order == '=') descr.remove_prefix(1);
  type.big_endian = order == '>';
  if (descr == "?") descr = "b1";
  if (descr.size() != 2) return std::nullopt;
  type.kind = descr[0];
  type.bytes = descr[1] - '0';
  constexpr std::array<std::string_view, 12> kKnown = {"f2", "f4", "f8", "i1", "i2", "i4",
                                                       "i8", "u1", "u2", "u4", "u8", "b1"};
  return std::ranges::find(kKnown, descr) == kKnown.end() ? std::nullopt : std::optional(type);
}

std::string npy_types() {
  return "must be float16, float32, float64, int8 to int64, uint8 to uint64 or bool; array.astype(\"f8\") makes it float64";
}

bool read_npy_numbers(std::istream& stream, const NpyType& type, const NpyOrder& order, std::vector<double>& values,
                      std::optional<InexactNumber>& inexact) {
  const auto read = [&]<class Number>(Number) {
    return read_as<Number>(stream, type.big_endian, order, values, inexact);
  };
  if (type.kind == 'b') return read(bool());
  if (type.kind == 'f') return type.bytes == 2 ? read(Half()) : type.bytes == 4 ? read(float()) : read(double());
  const bool whole = type.kind == 'i';
  switch (type.bytes) {
    case 1: return whole ? read(std::int8_t()) : read(std::uint8_t());
    case 2: return whole ? read(std::int16_t()) : read(std::uint16_t());
    case 4: return whole ? read(std::int32_t()) : read(std::uint32_t());
    default: return whole ? read(std::int64_t()) : read(std::uint64_t());
  }
}

}  // namespace locus
