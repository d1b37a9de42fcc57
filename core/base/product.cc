#include "core/base/product.h"

#include <algorithm>
#include <utility>

#include <Eigen/Core>

#include "core/base/product_lanes.h"

namespace locus {
namespace {

/// Few enough to be read from a near cache again for every few lanes.
constexpr std::int64_t kFew = 128 * 128;

/// One lane: kRegisters registers of targets from i on, over all sources. Few registers alone would wait for their own sums: then there are several
/// of each, which take the sources by turns.
template <std::size_t kRegisters, class Lane, class R>
inline void add_targets(const WeightsView<R>& w, const R* from, std::ptrdiff_t i, R* to) {
  constexpr std::size_t kChains = kRegisters == 1 ? 4 : kRegisters < 8 ? 2 : 1;
  typename Lane::Type sum[kChains][kRegisters] = {};
  for (std::size_t r = 0; r < kRegisters; ++r)
    sum[0][r] = Lane::load(to + i + static_cast<std::ptrdiff_t>(r) * Lane::kLanes);
  const R* column = w.weight + i;
  const auto add = [&](std::size_t chain, std::int32_t source) {
    const R* of = column + static_cast<std::ptrdiff_t>(chain) * w.stride;
    for (std::size_t r = 0; r < kRegisters; ++r)
      sum[chain][r] += from[source] * Lane::load(of + static_cast<std::ptrdiff_t>(r) * Lane::kLanes);
  };
  std::int32_t j = 0;
  constexpr auto kStep = static_cast<std::int32_t>(kChains);
  for (; j + kStep <= w.sources; j += kStep, column += kStep * w.stride) {
    for (std::int32_t chain = 0; chain < kStep; ++chain) add(static_cast<std::size_t>(chain), j + chain);
  }
  for (; j < w.sources; ++j, column += w.stride) add(0, j);
  for (std::size_t r = 0; r < kRegisters; ++r) {
    if constexpr (kChains == 2) sum[0][r] += sum[1][r];
    if constexpr (kChains == 4) sum[0][r] += sum[1][r] + (sum[2][r] + sum[3][r]);
    Lane::store(to + i + static_cast<std::ptrdiff_t>(r) * Lane::kLanes, sum[0][r]);
  }
}

/// From so many bytes of weights on they come from afar, and best come as they stand: a few whole columns at a time.
constexpr std::int64_t kFar = std::int64_t{1} << 19;

template <class R>
bool is_far(const WeightsView<R>& w) {
  return w.stride * w.sources * std::int64_t{sizeof(R)} >= kFar;
}

/// Targets [0, targets), which fill registers, four sources at a time.
template <class R>
void add_far_columns(const WeightsView<R>& w, const R* from, std::ptrdiff_t targets, R* to) {
  using Lane = Register<R>;
  const auto step = [&]<std::int32_t kSources>(std::int32_t j) {
    for (std::ptrdiff_t i = 0; i < targets; i += Lane::kLanes) {
      auto sum = Lane::load(to + i);
      for (std::int32_t s = 0; s < kSources; ++s) sum += from[j + s] * Lane::load(w.weight + (j + s) * w.stride + i);
      Lane::store(to + i, sum);
    }
  };
  std::int32_t j = 0;
  for (; j + 4 <= w.sources; j += 4) step.template operator()<4>(j);
  for (; j < w.sources; ++j) step.template operator()<1>(j);
}

template <class R>
void add_columns(const WeightsView<R>& w, const R* from, R* to) {
  std::ptrdiff_t i = 0;
  if (is_far(w)) {  // the sums of add_targets<8>, in the same order
    constexpr std::ptrdiff_t kStep = 8 * Register<R>::kLanes;
    i = w.targets / kStep * kStep;
    add_far_columns(w, from, i, to);
  }
  const auto step = [&]<class Lane, std::size_t kRegisters>() {
    constexpr std::ptrdiff_t kStep = Lane::kLanes * static_cast<std::ptrdiff_t>(kRegisters);
    for (; i + kStep <= w.targets; i += kStep) add_targets<kRegisters, Lane>(w, from, i, to);
  };
  step.template operator()<Register<R>, 8>();
  step.template operator()<Register<R>, 4>();
  step.template operator()<Register<R>, 1>();
  if constexpr (kWidest > 32) step.template operator()<Register<R, 32>, 1>();
  if constexpr (kWidest > 16) step.template operator()<Register<R, 16>, 1>();
  step.template operator()<Single<R>, 1>();
}

/// Lane l of the result: lane (l and its neighbour kApart away) of `first` or, where l has that bit, of `second`, summed.
template <std::size_t kApart, class Lane, std::size_t... kLane>
inline typename Lane::Type join(typename Lane::Type first, typename Lane::Type second, std::index_sequence<kLane...>) {
  constexpr std::size_t kOfSecond = Lane::kLanes;
  return __builtin_shufflevector(first, second, (((kLane & kApart) != 0 ? kOfSecond : 0) + (kLane & ~kApart))...) +
         __builtin_shufflevector(first, second, (((kLane & kApart) != 0 ? kOfSecond : 0) + (kLane | kApart))...);
}

/// Lane l of the result is the sum over all lanes of value[l]; kCount = all of them.
template <std::size_t kCount, class Lane>
inline typename Lane::Type sum_each(const typename Lane::Type* value) {
  if constexpr (kCount == 1) {
    return *value;
  } else {
    return join<kCount / 2, Lane>(sum_each<kCount / 2, Lane>(value), sum_each<kCount / 2, Lane>(value + kCount / 2),
                                  std::make_index_sequence<Lane::kLanes>{});
  }
}

/// One lane, transposed: as many sources from j on as a register has lanes, kTogether at a time, each with a register of partial sums over the
/// targets.
template <class Lane, std::size_t kTogether, class R>
inline void add_sources(const WeightsView<R>& w, const R* from, std::ptrdiff_t j, R* to) {
  constexpr std::size_t kLanes = Lane::kLanes;
  const R* weight = w.weight + j * w.stride;
  typename Lane::Type sum[kLanes] = {};
  const std::ptrdiff_t whole = w.targets / Lane::kLanes * Lane::kLanes;
  for (std::size_t first = 0; first < kLanes; first += kTogether) {
    for (std::ptrdiff_t i = 0; i < whole; i += Lane::kLanes) {
      const auto said = Lane::load(from + i);
      for (std::size_t s = first; s < first + kTogether; ++s)
        sum[s] += said * Lane::load(weight + static_cast<std::ptrdiff_t>(s) * w.stride + i);
    }
  }
  Lane::store(to + j, Lane::load(to + j) + sum_each<kLanes, Lane>(sum));
  for (std::ptrdiff_t i = whole; i < w.targets; ++i) {
    for (std::size_t s = 0; s < kLanes; ++s)
      to[j + static_cast<std::ptrdiff_t>(s)] += from[i] * weight[static_cast<std::ptrdiff_t>(s) * w.stride + i];
  }
}

template <class R>
void add_transposed_columns(const WeightsView<R>& w, const R* from, R* to) {
  std::ptrdiff_t j = 0;
  const bool far = is_far(w);
  const auto step = [&]<class Lane>() {
    for (; Lane::kLanes <= w.targets && j + Lane::kLanes <= w.sources; j += Lane::kLanes) {
      constexpr std::size_t kTogether = std::min<std::size_t>(Lane::kLanes, 4);
      if (far) {
        add_sources<Lane, kTogether>(w, from, j, to);
      } else {
        add_sources<Lane, Lane::kLanes>(w, from, j, to);
      }
    }
  };
  step.template operator()<Register<R>>();
  if constexpr (kWidest > 32) step.template operator()<Register<R, 32>>();
  if constexpr (kWidest > 16) step.template operator()<Register<R, 16>>();
  for (; j < w.sources; ++j) {
    const R* weight = w.weight + j * w.stride;
    R sum = 0;
    for (std::int32_t i = 0; i < w.targets; ++i) sum += from[i] * weight[i];
    to[j] += sum;
  }
}

template <class R>
using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;

template <class R>
auto matrix_of(const WeightsView<R>& w) {
  return Eigen::Map<const Matrix<R>, 0, Eigen::OuterStride<>>(w.weight, w.targets, w.sources,
                                                              Eigen::OuterStride<>(w.stride));
}

}  // namespace

template <class R>
void add_product(WeightsView<R> w, const R* from, std::int32_t lanes, R* to) {
  if (lanes == 1) return add_columns(w, from, to);
  if (lanes >= Register<R>::kLanes) {
    const Factors<R> factors{w.weight, 1, w.stride, w.sources};
    const Lines<R> lines{from, lanes, to, lanes, lanes};
    if (lanes >= 6 * Register<R>::kLanes) return add_gathered(factors, w.targets, lines);
    return add_lanes(factors, w.targets, lines, Adding{});
  }
  const Eigen::Map<const Matrix<R>> said(from, lanes, w.sources);
  Eigen::Map<Matrix<R>>(to, lanes, w.targets).noalias() += said * matrix_of(w).transpose();
}

template <class R>
void add_transposed_product(WeightsView<R> w, const R* from, std::int32_t lanes, R* to) {
  if (lanes == 1) return add_transposed_columns(w, from, to);
  if (lanes >= Register<R>::kLanes)
    return add_lanes<R>({w.weight, w.stride, 1, w.targets}, w.sources, {from, lanes, to, lanes, lanes}, Adding{});
  const Eigen::Map<const Matrix<R>> said(from, lanes, w.targets);
  Eigen::Map<Matrix<R>>(to, lanes, w.sources).noalias() += said * matrix_of(w);
}

template <class R>
void add_products(WeightsView<R> w, RowsView<R> from, R* to, std::ptrdiff_t by_row) {
  if (from.rows == 1) return add_columns(w, from.value, to);
  if (std::int64_t{w.targets} * w.sources <= kFew) {  // a row of `from` has the factors of a row of `to`
    return add_lanes<R>({from.value, from.by_row, 1, w.sources}, from.rows, {w.weight, w.stride, to, by_row, w.targets},
                        Adding{});
  }
  using Stride = Eigen::OuterStride<>;
  const Eigen::Map<const Matrix<R>, 0, Stride> said(from.value, from.neurons, from.rows, Stride(from.by_row));
  Eigen::Map<Matrix<R>, 0, Stride>(to, w.targets, from.rows, Stride(by_row)).noalias() += matrix_of(w) * said;
}

template <class R>
void add_transposed_products(WeightsView<R> w, RowsView<R> from, R* to, std::ptrdiff_t by_row) {
  if (from.rows == 1) return add_transposed_columns(w, from.value, to);
  using Stride = Eigen::OuterStride<>;
  const Eigen::Map<const Matrix<R>, 0, Stride> said(from.value, from.neurons, from.rows, Stride(from.by_row));
  Eigen::Map<Matrix<R>, 0, Stride>(to, w.sources, from.rows, Stride(by_row)).noalias() += matrix_of(w).transpose() * said;
}

template <class R>
void subtract_outer_products(R rate, RowsView<R> left, RowsView<R> right, R* weight, std::ptrdiff_t stride) {
  const bool by_tick = left.by_neuron == 1;  // a tick is contiguous
  if (by_tick && std::int64_t{left.neurons} * right.neurons <= kFew) {
    return add_lanes<R>({right.value, right.by_neuron, right.by_row, right.rows}, right.neurons,
                        {left.value, left.by_row, weight, stride, left.neurons}, Subtracting<R>{rate});
  }
  using Stride = Eigen::OuterStride<>;
  Eigen::Map<Matrix<R>, 0, Stride> to(weight, left.neurons, right.neurons, Stride(stride));
  if (by_tick) {
    const Eigen::Map<const Matrix<R>, 0, Stride> said(left.value, left.neurons, left.rows, Stride(left.by_row));
    const Eigen::Map<const Matrix<R>, 0, Stride> heard(right.value, right.neurons, right.rows, Stride(right.by_row));
    to.noalias() -= rate * (said * heard.transpose());
  } else {  // the rows of a neuron are
    const Eigen::Map<const Matrix<R>, 0, Stride> said(left.value, left.rows, left.neurons, Stride(left.by_neuron));
    const Eigen::Map<const Matrix<R>, 0, Stride> heard(right.value, right.rows, right.neurons, Stride(right.by_neuron));
    to.noalias() -= rate * (said.transpose() * heard);
  }
}

template <class R>
R inner_product(RowsView<R> left, std::int32_t i, RowsView<R> right, std::int32_t j) {
  const R* said = left.value + i * left.by_neuron;
  const R* heard = right.value + j * right.by_neuron;
  if (left.by_row == 1 && right.by_row == 1) {
    using Vector = Eigen::Matrix<R, Eigen::Dynamic, 1>;
    return Eigen::Map<const Vector>(said, left.rows).dot(Eigen::Map<const Vector>(heard, left.rows));
  }
  R sum = 0;
  for (std::int32_t row = 0; row < left.rows; ++row) sum += said[row * left.by_row] * heard[row * right.by_row];
  return sum;
}

template void add_product(WeightsView<double>, const double*, std::int32_t, double*);
template void add_product(WeightsView<float>, const float*, std::int32_t, float*);
template void add_transposed_product(WeightsView<double>, const double*, std::int32_t, double*);
template void add_transposed_product(WeightsView<float>, const float*, std::int32_t, float*);
template void add_products(WeightsView<double>, RowsView<double>, double*, std::ptrdiff_t);
template void add_products(WeightsView<float>, RowsView<float>, float*, std::ptrdiff_t);
template void add_transposed_products(WeightsView<double>, RowsView<double>, double*, std::ptrdiff_t);
template void add_transposed_products(WeightsView<float>, RowsView<float>, float*, std::ptrdiff_t);
template double inner_product(RowsView<double>, std::int32_t, RowsView<double>, std::int32_t);
template float inner_product(RowsView<float>, std::int32_t, RowsView<float>, std::int32_t);
template void subtract_outer_products(double, RowsView<double>, RowsView<double>, double*, std::ptrdiff_t);
template void subtract_outer_products(float, RowsView<float>, RowsView<float>, float*, std::ptrdiff_t);

}  // namespace locus
