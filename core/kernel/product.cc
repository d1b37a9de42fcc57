#include "core/kernel/product.h"

#include <algorithm>

#include <Eigen/Core>

#include "core/kernel/product_lane.h"
#include "core/kernel/product_lanes.h"
#include "core/kernel/product_rows.h"
#include "core/kernel/registers.h"

namespace locus {
namespace {

/// Few enough to be read from a near cache again for every few lanes.
constexpr std::int64_t kFew = 128 * 128;

/// Targets [0, targets), which fill registers, four sources at a time.
template <class R>
void add_far_columns(const WeightsView<R>& w, const R* from, std::ptrdiff_t targets, R* to) {
  using Lane = Register<R>;
  const auto step = [&]<std::int32_t kSources>(std::int32_t j) {
    for (std::ptrdiff_t i = 0; i < targets; i += Lane::kLanes) {
      auto sum = Lane::load(to + i);
      for (std::int32_t s = 0; s < kSources; ++s)
        sum = multiply_add<Lane>(Lane::all(from[j + s]), Lane::load(w.weight + (j + s) * w.stride + i), sum);
      Lane::store(to + i, sum);
    }
  };
  std::int32_t j = 0;
  for (; j + 4 <= w.sources; j += 4) step.template operator()<4>(j);
  for (; j < w.sources; ++j) step.template operator()<1>(j);
}

template <class R>
void add_columns(const WeightsView<R>& w, const R* from, R* to) {
  std::ptrdiff_t first = 0;
  if (is_far(w)) {  // the sums of sum_targets<8>, in the same order
    constexpr std::ptrdiff_t kStep = 8 * Register<R>::kLanes;
    first = w.targets / kStep * kStep;
    add_far_columns(w, from, first, to);
  }
  by_registers<R, 8, 4, 1>(first, w.targets, [&]<class Lane, std::size_t kRegisters>(std::ptrdiff_t i) {
    sum_targets<Lane, kRegisters>(w, from, i, to + i).store(to + i);
  });
}

template <class R>
void add_transposed_columns(const WeightsView<R>& w, const R* from, R* to) {
  const auto add = [&]<std::size_t kTogether>() {
    by_sources(w, [&]<class Lane>(std::ptrdiff_t j) {
      Lane::store(to + j,
                  sum_sources<Lane, std::min<std::size_t>(Lane::kLanes, kTogether)>(w, from, j, Lane::load(to + j)));
    });
  };
  if (is_far(w)) return add.template operator()<4>();
  add.template operator()<Register<R>::kLanes>();
}

template <class R>
using Matrix = Eigen::Matrix<R, Eigen::Dynamic, Eigen::Dynamic>;

template <class R>
auto matrix_of(const WeightsView<R>& w) {
  return Eigen::Map<const Matrix<R>, 0, Eigen::OuterStride<>>(w.weight, w.targets, w.sources,
                                                              Eigen::OuterStride<>(w.stride));
}

WholeSizes of_whole(WholeSizes whole, std::int32_t targets, std::int32_t sources) {
  return {whole.targets > 0 ? whole.targets : targets, whole.sources > 0 ? whole.sources : sources};
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
void add_products(WeightsView<R> w, RowsView<R> from, R* to, std::ptrdiff_t by_row, WholeSizes whole) {
  if (from.rows == 1) return add_columns(w, from.value, to);
  // a row of `from` has the factors of a row of `to`
  const auto [targets, sources] = of_whole(whole, w.targets, w.sources);
  if (std::int64_t{targets} * sources <= kFew) {
    return add_lanes<R>({from.value, from.by_row, 1, w.sources}, from.rows, {w.weight, w.stride, to, by_row, w.targets},
                        Adding{});
  }
  using Stride = Eigen::OuterStride<>;
  const Eigen::Map<const Matrix<R>, 0, Stride> said(from.value, from.neurons, from.rows, Stride(from.by_row));
  Eigen::Map<Matrix<R>, 0, Stride>(to, w.targets, from.rows, Stride(by_row)).noalias() += matrix_of(w) * said;
}

template <class R>
void subtract_outer_products(R rate, RowsView<R> left, RowsView<R> right, R* weight, std::ptrdiff_t stride,
                             WholeSizes whole) {
  const bool by_tick = left.by_neuron == 1;  // a tick is contiguous
  const auto [targets, sources] = of_whole(whole, left.neurons, right.neurons);
  if (std::int64_t{targets} * sources <= kFew) {
    if (!by_tick) return subtract_rows(rate, left, right, weight, stride, targets + sources);
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
template void add_products(WeightsView<double>, RowsView<double>, double*, std::ptrdiff_t, WholeSizes);
template void add_products(WeightsView<float>, RowsView<float>, float*, std::ptrdiff_t, WholeSizes);
template double inner_product(RowsView<double>, std::int32_t, RowsView<double>, std::int32_t);
template float inner_product(RowsView<float>, std::int32_t, RowsView<float>, std::int32_t);
template void subtract_outer_products(double, RowsView<double>, RowsView<double>, double*, std::ptrdiff_t, WholeSizes);
template void subtract_outer_products(float, RowsView<float>, RowsView<float>, float*, std::ptrdiff_t, WholeSizes);

}  // namespace locus
