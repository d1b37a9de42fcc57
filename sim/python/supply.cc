#include "sim/python/supply.h"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/python/arrays.h"
#include "sim/python/calls.h"

namespace locus::python {
namespace {

/// A function of Python that may be copied and destroyed by threads without the interpreter's lock:
/// a Spec is copied while it runs.
class Function {
 public:
  explicit Function(py::object function) : function_(std::move(function)) {}
  Function(const Function& other) {
    const py::gil_scoped_acquire lock;
    function_ = other.function_;
  }
  Function(Function&&) noexcept = default;
  Function& operator=(const Function&) = delete;
  Function& operator=(Function&&) = delete;
  ~Function() {
    if (!function_) return;
    const py::gil_scoped_acquire lock;
    function_ = py::object();
  }
  void operator()(const SuppliedBatch& batch) const;

 private:
  py::object function_;
};

/// Copies what the function wrote; `name` is that of its argument.
template <class Array, class To>
void take(const Array& array, std::span<To> to, const char* name) {
  if (array.size() != std::ssize(to)) {
    throw UsageError(fmt::format("the trials' function gave {} another size: {} numbers; must be {}", name,
                                 array.size(), to.size()));
  }
  std::transform(array.data(), array.data() + array.size(), to.begin(), [](auto value) {
    // what does not fit stays out of range, for the checks behind this
    if constexpr (std::is_integral_v<To> && sizeof(value) > sizeof(To))
      value = std::clamp<decltype(value)>(value, std::numeric_limits<To>::min(), std::numeric_limits<To>::max());
    return static_cast<To>(value);
  });
}

void Function::operator()(const SuppliedBatch& batch) const {
  const DefaultArithmetic arithmetic;
  const py::gil_scoped_acquire lock;
  py::array_t<double> x({batch.trials, batch.ticks, batch.inputs});
  std::fill_n(x.mutable_data(), x.size(), 0.0);
  py::dict further;
  py::array_t<double> mask;
  py::array_t<std::int64_t> lengths;
  py::array_t<double> reward;
  if (!batch.mask.empty()) {
    mask = py::array_t<double>({batch.trials, batch.ticks, batch.readouts});
    std::fill_n(mask.mutable_data(), mask.size(), 1.0);
    further["mask"] = mask;
  }
  if (!batch.lengths.empty()) {
    lengths = py::array_t<std::int64_t>(py::ssize_t{batch.trials});
    std::fill_n(lengths.mutable_data(), lengths.size(), std::int64_t{batch.ticks});
    further["lengths"] = lengths;
  }
  if (!batch.reward.empty()) {
    reward = py::array_t<double>({batch.trials, batch.ticks});
    std::fill_n(reward.mutable_data(), reward.size(), 0.0);
    further["reward"] = reward;
  }
  const auto call = [&](const auto& y) {
    const py::object said = function_(batch.update, x, y, **further);
    if (!said.is_none()) {
      throw UsageError(fmt::format("the trials' function returned {}; must write into x and y, and return nothing",
                                   py::str(py::type::of(said).attr("__name__")).cast<std::string>()));
    }
  };
  if (batch.classes.empty()) {
    py::array_t<double> y({batch.trials, batch.ticks, batch.readouts});
    std::fill_n(y.mutable_data(), y.size(), 0.0);
    call(y);
    take(y, batch.target, "y");
  } else {
    py::array_t<std::int64_t> y(py::ssize_t{batch.trials});
    std::fill_n(y.mutable_data(), y.size(), std::int64_t{0});
    call(y);
    take(y, batch.classes, "y");
  }
  take(x, batch.input, "x");
  if (!batch.mask.empty()) take(mask, batch.mask, "mask");
  if (!batch.lengths.empty()) take(lengths, batch.lengths, "lengths");
  if (!batch.reward.empty()) take(reward, batch.reward, "reward");
}

}  // namespace

Supply supply_of(py::object fill) { return Function(std::move(fill)); }

}  // namespace locus::python
