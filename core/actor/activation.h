// phi, the activation of a rate neuron, and its derivative.
//
// Each activation is a type, so that the loop over a population is compiled once for each
// activation, and a tick dispatches once for each population.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace locus {

enum class Activation : std::uint8_t { kIdentity, kTanh, kRelu, kSigmoid };

std::string_view name(Activation activation);  // "IDENTITY", the name in model files

/// phi(u) and phi'(u) of one current.
template <class R>
struct Response {
  R value;
  R slope;
};

struct Identity {
  template <class R>
  static Response<R> at(R current) {
    return {current, R(1)};
  }
};
/// tanh u in a form that the compiler vectorises, unlike the library's; odd, at most 1.
///
/// In float64 it is -e / (2 + e) with e = exp(y) - 1, y = -2 |u|, within 3 units in the last place.
/// y = n ln 2 + r with |r| <= ln 2 / 2 and ln 2 in two parts (the first has zeros at its end, so
/// that its product with n is exact). e = 2^n (exp(r) - 1) + (2^n - 1), where exp(r) - 1 is its
/// series to r^13.
inline double hyperbolic_tangent(double u) {
  constexpr double kEnd = 20;  // for larger |u|, tanh u is 1 to the last bit
  constexpr double kInverseLn2 = 1.4426950408889634;
  constexpr double kLn2High = 6.93147180369123816490e-01;
  constexpr double kLn2Low = 1.90821492927058770002e-10;
  // 3 * 2^51: a sum with it is rounded to an integer
  constexpr double kRounds = 6755399441055744.0;
  const double y = -2 * std::min(std::abs(u), kEnd);  // in this order of arguments NaN stays NaN
  const double shifted = y * kInverseLn2 + kRounds;
  const double n = shifted - kRounds;
  const double r = (y - n * kLn2High) - n * kLn2Low;
  double q = 1.0 / 6227020800;  // sum of r^k / (k + 2)!
  for (const double factorial :
       {479001600.0, 39916800.0, 3628800.0, 362880.0, 40320.0, 5040.0, 720.0, 120.0, 24.0, 6.0, 2.0})
    q = q * r + 1 / factorial;
  const double middle = r + (r * r) * q;
  // 2^n
  const double power = std::bit_cast<double>((std::bit_cast<std::uint64_t>(shifted) << 52U) + 0x3ff0000000000000U);
  const double e = power * middle + (power - 1);
  return std::copysign(e / (2 + e), u);
}

/// In float32 it is a rational function of u, within 8 units in the last place. (Coefficients:
/// least relative error of u P(u^2) / Q(u^2) on [0, 9.02] with P and Q of degree 4, by reweighted
/// least squares; for larger |u|, tanh u is 1 to the last bit.)
inline float hyperbolic_tangent(float u) {
  constexpr float kEnd = 9.02F;
  const float x = std::max(std::min(u, kEnd), -kEnd);  // in this order of arguments NaN stays NaN
  const float z = x * x;
  const float p = (((1.3318876e-8F * z + 2.0583344e-5F) * z + 3.4940264e-3F) * z + 0.13379711F) * z + 1.0F;
  const float q = (((7.7619406e-7F * z + 3.2830794e-4F) * z + 2.5871042e-2F) * z + 0.46713026F) * z + 1.0F;
  return std::max(std::min(x * p / q, 1.0F), -1.0F);
}

struct Tanh {
  template <class R>
  static Response<R> at(R current) {
    const R value = hyperbolic_tangent(current);
    return {value, R(1) - value * value};
  }
};
struct Relu {  // phi'(0) = 0
  template <class R>
  static Response<R> at(R current) {
    return {std::max(current, R(0)), current > R(0) ? R(1) : R(0)};
  }
};
struct Sigmoid {
  template <class R>
  static Response<R> at(R current) {
    const R value = R(1) / (R(1) + std::exp(-current));
    return {value, value * (R(1) - value)};
  }
};

/// Calls visit(Identity{}), visit(Tanh{}), ... for the given activation.
template <class Visitor>
void dispatch(Activation activation, Visitor&& visit) {
  switch (activation) {
    case Activation::kIdentity: visit(Identity{}); return;
    case Activation::kTanh: visit(Tanh{}); return;
    case Activation::kRelu: visit(Relu{}); return;
    case Activation::kSigmoid: visit(Sigmoid{}); return;
  }
}

}  // namespace locus
