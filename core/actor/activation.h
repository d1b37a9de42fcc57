// phi, the activation of a rate neuron, and its derivative.
//
// Each activation is a type, so that a population's loop is compiled once an activation and dispatched once a population a tick.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace locus {

enum class Activation : std::uint8_t { kIdentity, kTanh, kRelu, kSigmoid };

std::string_view name(Activation activation);  // "IDENTITY", as model files spell it

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
/// tanh u. In float32 a rational function of u, within 8 units in the last place, odd, at most 1: the compiler vectorises it over a population, which
/// it cannot do with the library's. (Coefficients: least relative error on [0, 9.02] of u P(u^2) / Q(u^2), P and Q of degree 4, by reweighted least
/// squares; beyond, tanh u is 1 to the last bit.)
inline double hyperbolic_tangent(double u) { return std::tanh(u); }
inline float hyperbolic_tangent(float u) {
  constexpr float kEnd = 9.02F;
  const float x = std::max(std::min(u, kEnd), -kEnd);  // in this order what is no number stays none
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

/// Calls visit(Identity{}), visit(Tanh{}), ... for the activation named.
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
