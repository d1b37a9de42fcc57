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
struct Tanh {
  template <class R>
  static Response<R> at(R current) {
    const R value = std::tanh(current);
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
