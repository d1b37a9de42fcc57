#include "sim/python/arrays.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sim/model/errors.h"

namespace locus::python {
namespace {

void check_finite(const double* values, std::int64_t rows, std::int64_t cols, const std::string& field) {
  for (std::int64_t k = 0; k < rows * cols; ++k) {
    if (std::isfinite(values[k])) continue;
    throw ModelError({{.field = fmt::format("{}[{}, {}]", field, k / cols, k % cols),
                       .what = fmt::format("is {}", values[k]),
                       .allowed = "must be finite"}});
  }
}

std::vector<std::int32_t> indices(const Integers& array, std::int64_t below, const std::string& field) {
  std::vector<std::int32_t> result;
  result.reserve(static_cast<std::size_t>(array.size()));
  for (py::ssize_t k = 0; k < array.size(); ++k) {
    const std::int64_t index = array.data()[k];
    if (index < 0 || index >= below) {
      throw ModelError({{.field = fmt::format("{}[{}]", field, k),
                         .what = fmt::format("is {}", index),
                         .allowed = fmt::format("must be 0 .. {}", below - 1)}});
    }
    result.push_back(static_cast<std::int32_t>(index));
  }
  return result;
}

}  // namespace

py::array view(std::span<const double> values, std::vector<py::ssize_t> shape, py::handle owner) {
  py::array array(py::dtype::of<double>(), std::move(shape), values.data(), owner);
  array.attr("flags").attr("writeable") = false;
  return array;
}

py::object weights_view(const ProjectionWeights& weights, py::handle owner) {
  if (const auto* dense = std::get_if<DenseMatrix>(&weights.matrix)) {
    return view(dense->values, {dense->rows, dense->cols}, owner);
  }
  const auto& sparse = std::get<SparseMatrix>(weights.matrix);
  const auto entries = static_cast<py::ssize_t>(sparse.values.size());
  const auto index_view = [&](const std::vector<std::int32_t>& index) {
    py::array array(py::dtype::of<std::int32_t>(), {entries}, index.data(), owner);
    array.attr("flags").attr("writeable") = false;
    return array;
  };
  return py::make_tuple(sparse.rows, sparse.cols, index_view(sparse.row), index_view(sparse.col),
                        view(sparse.values, {entries}, owner));
}

DenseMatrix dense_matrix(const Doubles& array, const std::string& field) {
  if (array.ndim() != 2) {
    throw UsageError(fmt::format("{}: the array has {} dimensions; must be 2: targets x sources", field, array.ndim()));
  }
  check_finite(array.data(), array.shape(0), array.shape(1), field);
  return {array.shape(0), array.shape(1), {array.data(), array.data() + array.size()}};
}

WeightsSpec weights_of(const py::handle& given, const std::string& field) {
  if (!py::isinstance<py::tuple>(given)) return dense_matrix(given.cast<Doubles>(), field);
  const auto parts = given.cast<py::tuple>();
  SparseMatrix sparse{.rows = parts[0].cast<std::int64_t>(), .cols = parts[1].cast<std::int64_t>()};
  sparse.row = indices(parts[2].cast<Integers>(), sparse.rows, field + ".row");
  sparse.col = indices(parts[3].cast<Integers>(), sparse.cols, field + ".col");
  const auto values = parts[4].cast<Doubles>();
  check_finite(values.data(), 1, values.size(), field);
  sparse.values.assign(values.data(), values.data() + values.size());
  return sparse;
}

std::vector<DenseMatrix> matrices(const Doubles& array, const std::string& field) {
  if (array.ndim() != 3) {
    throw UsageError(
        fmt::format("{}: the array has {} dimensions; must be 3: trials x ticks x channels", field, array.ndim()));
  }
  const std::int64_t ticks = array.shape(1);
  const std::int64_t channels = array.shape(2);
  std::vector<DenseMatrix> result;
  result.reserve(static_cast<std::size_t>(array.shape(0)));
  for (std::int64_t trial = 0; trial < array.shape(0); ++trial) {
    const double* first = array.data() + trial * ticks * channels;
    check_finite(first, ticks, channels, fmt::format("{}[{}]", field, trial));
    result.push_back({ticks, channels, {first, first + ticks * channels}});
  }
  return result;
}

}  // namespace locus::python
