#include "core/base/shift_register.h"

#include "core/base/check.h"

namespace locus {
namespace {

/// The bits b[tap - length] .. b[tap - 1] of a seed (length).
std::vector<std::uint8_t> first_bits(std::uint32_t seed, std::int32_t length, std::int32_t tap, std::int32_t take) {
  std::vector<std::uint8_t> bits(static_cast<std::size_t>(length));
  const std::int32_t past = length - tap;  // bits before b[0]
  const auto put = [&](std::int32_t place) {
    bits[static_cast<std::size_t>(place)] = static_cast<std::uint8_t>(seed & 1U);
    seed >>= 1U;
  };
  for (std::int32_t k = 0; k < tap; ++k) put(past + k);
  for (std::int32_t j = 0; j < take && j < past; ++j) {
    for (std::int32_t place = j; place < past; place += take) put(place);
  }
  return bits;
}

}  // namespace

ShiftRegister::ShiftRegister(std::uint32_t seed, std::int32_t length, std::int32_t tap, std::int32_t take)
    : take_(take) {
  CHECK(length >= 2 && length <= 16 && tap >= 1 && tap < length && take >= 1 && take <= 16, "a register of this size");
  // as the register shifts them: the newest bit is the highest
  const std::vector<std::uint8_t> first = first_bits(seed, length, tap, take);
  std::uint32_t begin = 0;
  for (std::size_t k = first.size(); k-- > 0;) begin = begin << 1U | first[k];
  CHECK(begin != 0, "a register that is not 0");
  std::vector<std::uint8_t> bits;
  std::uint32_t state = begin;
  do {
    // b[t], t = 0, 1, ...: the states hold b[t + tap - length] .. b[t + tap - 1]
    bits.push_back(static_cast<std::uint8_t>(state >> static_cast<std::uint32_t>(length - tap) & 1U));
    // b[t + tap] = b[t] xor b[t + tap - length]
    const std::uint32_t next = bits.back() ^ (state & 1U) ? 1U : 0U;
    state = state >> 1U | next << static_cast<std::uint32_t>(length - 1);
  } while (state != begin);
  draws_.resize(bits.size());
  for (std::size_t place = 0; place < bits.size(); ++place) {
    for (std::size_t k = 0; k < static_cast<std::size_t>(take); ++k)
      draws_[place] |= static_cast<std::uint32_t>(bits[(place + k) % bits.size()]) << k;
  }
}

}  // namespace locus
