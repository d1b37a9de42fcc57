#include "core/base/random.h"

#include <array>

#include <Random123/boxmuller.hpp>
#include <Random123/philox.h>

namespace locus {
namespace {

/// The four normals of block `block` of the stream (key, trial, tick).
std::array<double, 4> normal_block(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t block) {
  const r123::Philox4x64::ctr_type counter = {{block, tick, trial, 0}};
  const r123::Philox4x64::key_type philox_key = {{key.seed, key.purpose}};
  const auto bits = r123::Philox4x64{}(counter, philox_key);
  const auto first = r123::boxmuller(bits[0], bits[1]);
  const auto second = r123::boxmuller(bits[2], bits[3]);
  return {first.x, first.y, second.x, second.y};
}

}  // namespace

RandomKey random_key(std::uint64_t seed, std::string_view purpose) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char character : purpose) {
    hash ^= static_cast<unsigned char>(character);
    hash *= 0x100000001b3ULL;
  }
  return {seed, hash};
}

void fill_normal(RandomKey key, std::uint64_t trial, std::uint64_t tick, double stddev, std::span<double> values) {
  for (std::size_t begin = 0; begin < values.size(); begin += 4) {
    const auto block = normal_block(key, trial, tick, begin / 4);
    for (std::size_t i = begin; i < values.size() && i < begin + 4; ++i) values[i] = stddev * block[i - begin];
  }
}

double normal_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index) {
  return normal_block(key, trial, tick, index / 4)[index % 4];
}

}  // namespace locus
