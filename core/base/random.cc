#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

#include <Random123/philox.h>

namespace locus {
namespace {

// number of blocks in one pass of the arithmetic, in loops that the compiler vectorises
constexpr std::size_t kChunk = 32;

/// Four words of a block become four normals: two pairs of (angle, radius), and each pair gives
/// radius * sin and radius * cos.
struct Chunk {
  std::array<std::array<double, kChunk>, 2> turn;     // in [-1, 1): the angle over pi
  std::array<std::array<double, kChunk>, 2> uniform;  // in (0, 1)
  std::array<std::array<double, kChunk>, 4> normal;   // [index within the block][block]
};

/// ln u for u in (0, 1): u = 2^e m with m in [1/sqrt 2, sqrt 2), ln m = 2 artanh s = 2
/// (s + s^3/3 + s^5/5 + ...), s = (m - 1) / (m + 1). |s| < 0.172, so that the terms after s^21 are
/// below 2^-60 of the sum.
inline double logarithm(double u) {
  constexpr double kLn2 = 0.693147180559945309417232121458;
  constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcdU;  // bits of 1 / sqrt 2
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(u);
  const std::uint64_t shifted = bits - kRootHalf;  // its exponent is e
  const double e =
      std::bit_cast<double>(((shifted >> 52U) ^ 0x800U) | 0x4330000000000000U) - (4503599627370496.0 + 2048.0);
  const double m = std::bit_cast<double>(bits - (shifted & 0xfff0000000000000U));
  const double s = (m - 1) / (m + 1);
  const double z = s * s;
  double sum = 1.0 / 21;
  sum = sum * z + 1.0 / 19;
  sum = sum * z + 1.0 / 17;
  sum = sum * z + 1.0 / 15;
  sum = sum * z + 1.0 / 13;
  sum = sum * z + 1.0 / 11;
  sum = sum * z + 1.0 / 9;
  sum = sum * z + 1.0 / 7;
  sum = sum * z + 1.0 / 5;
  sum = sum * z + 1.0 / 3;
  return e * kLn2 + 2 * (s + s * (z * sum));
}

/// sin(pi x) and cos(pi x) for |x| <= 1: x = k/2 + f with |f| <= 1/4, Taylor's series of both in pi
/// f, and k modulo 4 decides which is which. The omitted terms are below 2^-57.
inline void sine_and_cosine(double x, double& sine, double& cosine) {
  constexpr double kPi = 3.14159265358979323846264338328;
  // 1.5 * 2^52: a sum with it is rounded to an integer, in its low bits
  constexpr double kRound = 6755399441055744.0;
  const double rounded = 2 * x + kRound;
  const std::uint64_t k = std::bit_cast<std::uint64_t>(rounded);
  const double a = kPi * (x - 0.5 * (rounded - kRound));
  const double z = a * a;
  double s = 1.0 / 355687428096000;  // 17!
  s = s * z - 1.0 / 1307674368000;
  s = s * z + 1.0 / 6227020800;
  s = s * z - 1.0 / 39916800;
  s = s * z + 1.0 / 362880;
  s = s * z - 1.0 / 5040;
  s = s * z + 1.0 / 120;
  s = s * z - 1.0 / 6;
  s = a + a * (z * s);
  double c = 1.0 / 20922789888000;  // 16!
  c = c * z - 1.0 / 87178291200;
  c = c * z + 1.0 / 479001600;
  c = c * z - 1.0 / 3628800;
  c = c * z + 1.0 / 40320;
  c = c * z - 1.0 / 720;
  c = c * z + 1.0 / 24;
  c = c * z - 0.5;
  c = 1 + z * c;
  // all ones if sine and cosine change places
  const std::uint64_t odd = std::uint64_t{0} - (k & 1U);
  const std::uint64_t s_bits = std::bit_cast<std::uint64_t>(s);
  const std::uint64_t c_bits = std::bit_cast<std::uint64_t>(c);
  sine = std::bit_cast<double>(((s_bits & ~odd) | (c_bits & odd)) ^ ((k & 2U) << 62U));
  cosine = std::bit_cast<double>(((c_bits & ~odd) | (s_bits & odd)) ^ (((k + 1) & 2U) << 62U));
}

/// The upper 53 bits of a word as a number in (0, 1), without its ends.
inline double unit(std::uint64_t word) {
  return static_cast<double>(static_cast<std::int64_t>(word >> 11U)) * 0x1p-53 + 0x1p-54;
}

/// ln(1 - p) for p in (0, 1), exact to the last bits for small p too (Kahan): the rounding error of
/// 1 - p cancels in the quotient.
inline double logarithm_of_rest(double p) {
  const double rest = 1 - p;
  return rest == 1 ? -p : logarithm(rest) * (p / (1 - rest));
}

/// Turns words into arguments of the arithmetic, 53 bits of each.
inline void put(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t block, std::size_t at, Chunk& chunk) {
  const auto words = r123::Philox4x64{}({{block, tick, trial, 0}}, {{key.seed, key.purpose}});
  for (std::size_t pair = 0; pair < 2; ++pair) {
    chunk.turn[pair][at] = static_cast<double>(static_cast<std::int64_t>(words[2 * pair]) >> 11) * 0x1p-52;
    chunk.uniform[pair][at] = unit(words[2 * pair + 1]);
  }
}

/// Box-Muller for the first `count` blocks. Every block gets the same operations in the same order,
/// at any position.
void transform(std::size_t count, Chunk& chunk) {
  for (std::size_t pair = 0; pair < 2; ++pair) {
    const double* turn = chunk.turn[pair].data();
    const double* uniform = chunk.uniform[pair].data();
    double* first = chunk.normal[2 * pair].data();
    double* second = chunk.normal[2 * pair + 1].data();
    for (std::size_t k = 0; k < count; ++k) {
      double sine = 0;
      double cosine = 0;
      sine_and_cosine(turn[k], sine, cosine);
      const double radius = std::sqrt(-2 * logarithm(uniform[k]));
      first[k] = radius * sine;
      second[k] = radius * cosine;
    }
  }
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
  Chunk chunk;
  const std::size_t blocks = (values.size() + 3) / 4;
  for (std::size_t begin = 0; begin < blocks; begin += kChunk) {
    const std::size_t count = std::min(kChunk, blocks - begin);
    for (std::size_t k = 0; k < count; ++k) put(key, trial, tick, begin + k, k, chunk);
    transform(count, chunk);
    for (std::size_t i = 4 * begin; i < std::min(values.size(), 4 * (begin + count)); ++i)
      values[i] = stddev * chunk.normal[i % 4][i / 4 - begin];
  }
}

template <class R>
void fill_normal_lanes(RandomKey key, std::uint64_t first_trial, std::uint64_t first_tick, std::size_t ticks,
                       std::size_t size, std::size_t lanes, R* values) {
  Chunk chunk;
  const std::size_t blocks = (size + 3) / 4;
  const std::size_t all = ticks * blocks * lanes;
  struct Place {
    std::size_t tick = 0;
    std::size_t block = 0;
    std::size_t lane = 0;
  };
  // within the lanes of a block, or to their end
  const auto advance = [&](Place& place, std::size_t run) {
    place.lane += run;
    if (place.lane < lanes) return;
    place.lane = 0;
    if (++place.block == blocks) place.block = 0, ++place.tick;
  };
  Place next;  // the next place to draw
  Place kept;  // the next place to write
  for (std::size_t begin = 0; begin < all; begin += kChunk) {
    const std::size_t count = std::min(kChunk, all - begin);
    for (std::size_t k = 0; k < count; ++k) {
      put(key, first_trial + next.lane, first_tick + next.tick, next.block, k, chunk);
      advance(next, 1);
    }
    transform(count, chunk);
    for (std::size_t k = 0; k < count;) {  // in runs of one block, whose lanes are contiguous
      const std::size_t run = std::min(count - k, lanes - kept.lane);
      const std::size_t first = kept.block * 4;
      R* to = values + (kept.tick * size + first) * lanes + kept.lane;
      for (std::size_t i = 0; i < std::min<std::size_t>(4, size - first); ++i, to += lanes) {
        for (std::size_t l = 0; l < run; ++l) to[l] = static_cast<R>(chunk.normal[i][k + l]);
      }
      k += run;
      advance(kept, run);
    }
  }
}

double normal_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index) {
  Chunk chunk;
  put(key, trial, tick, index / 4, 0, chunk);
  transform(1, chunk);
  return chunk.normal[index % 4][0];
}

double uniform_at(RandomKey key, std::uint64_t trial, std::uint64_t tick, std::uint64_t index) {
  const auto words = r123::Philox4x64{}({{index / 4, tick, trial, 0}}, {{key.seed, key.purpose}});
  return unit(words[index % 4]);
}

void draw_indices(RandomKey key, std::uint64_t trial, std::uint64_t tick, double probability, std::int64_t size,
                  std::vector<std::int32_t>& drawn) {
  drawn.clear();
  if (!(probability > 0)) return;
  if (probability >= 1) {
    for (std::int64_t i = 0; i < size; ++i) drawn.push_back(static_cast<std::int32_t>(i));
    return;
  }
  // A gap g has P(g >= k) = (1 - p)^k, so g is ln u / ln(1 - p), rounded down.
  const double scale = 1 / logarithm_of_rest(probability);
  r123::Philox4x64::ctr_type words = {};
  std::int64_t next = 0;
  for (std::uint64_t k = 0;; ++k) {
    if (k % 4 == 0) words = r123::Philox4x64{}({{k / 4, tick, trial, 0}}, {{key.seed, key.purpose}});
    const double gap = logarithm(unit(words[k % 4])) * scale;
    if (!(gap < static_cast<double>(size - next))) return;
    next += static_cast<std::int64_t>(gap);
    drawn.push_back(static_cast<std::int32_t>(next++));
  }
}

template void fill_normal_lanes(RandomKey, std::uint64_t, std::uint64_t, std::size_t, std::size_t, std::size_t, double*);
template void fill_normal_lanes(RandomKey, std::uint64_t, std::uint64_t, std::size_t, std::size_t, std::size_t, float*);

}  // namespace locus
