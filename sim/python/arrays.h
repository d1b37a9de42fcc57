// NumPy arrays in and out: views of a result without a copy, and matrices from whatever array a
// caller has.
//
// A view is read-only and keeps the object that owns its numbers alive. An array that comes in is
// copied once; C-contiguous float64 is read as it is, everything else through NumPy's conversion.
// Errors: UsageError where a shape is wrong, ModelError where an entry is not finite.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include "sim/model/spec.h"
#include "sim/run/result.h"

namespace locus::python {

namespace py = pybind11;

using Doubles = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Integers = py::array_t<std::int64_t, py::array::c_style | py::array::forcecast>;

/// The numbers as an array of this shape; `owner` keeps them.
py::array view(std::span<const double> values, std::vector<py::ssize_t> shape, py::handle owner);

/// A dense matrix as a view, a sparse one as the tuple (rows, cols, row, col, values).
py::object weights_view(const ProjectionWeights& weights, py::handle owner);

/// `field` names the array in errors.
DenseMatrix dense_matrix(const Doubles& array, const std::string& field);
/// An array (targets x sources), or the tuple (rows, cols, row, col, values).
WeightsSpec weights_of(const py::handle& given, const std::string& field);
/// Trials x ticks x channels, one matrix each.
std::vector<DenseMatrix> matrices(const Doubles& array, const std::string& field);

}  // namespace locus::python
