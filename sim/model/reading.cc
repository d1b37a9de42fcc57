#include "sim/model/reading.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <streambuf>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "sim/model/files.h"
#include "sim/model/network_size.h"

namespace locus {

bool Reading::count(std::int64_t rows, std::int64_t cols, const FieldPath& where) {
  if (rows < 1 || cols < 1) return true;
  const bool fits = rows <= (kMostSynapses - synapses) / cols;
  if (!fits) {
    faults.error(where,
                 fmt::format("would be {} x {} = {:.3g} values, after {} others", rows, cols,
                             static_cast<double>(rows) * static_cast<double>(cols), synapses),
                 fmt::format("a model has at most {} in all", kMostSynapses));
    return false;
  }
  synapses += rows * cols;
  return true;
}

namespace {

/// Reads from bytes that outlive it.
class BytesStream final : private std::streambuf, public std::istream {
 public:
  explicit BytesStream(std::string& bytes) : std::istream(this) {
    setg(bytes.data(), bytes.data(), bytes.data() + bytes.size());
  }
};

FileBeside carried_file(std::string& bytes) {
  return {std::make_unique<BytesStream>(bytes), static_cast<std::int64_t>(bytes.size())};
}

}  // namespace

std::optional<FileBeside> file_beside(const std::string& name, const FieldPath& where, const Reading& reading) {
  namespace fs = std::filesystem;
  const auto refuse = [&](const std::string& what, const std::string& allowed) {
    reading.faults.error(where, "is " + shown(std::string_view(name)) + what, allowed);
    return std::nullopt;
  };
  const fs::path path = fs::path(name).lexically_normal();
  const bool has_zero = name.find('\0') != std::string::npos;
  if (name.empty() || has_zero || path.is_absolute() || *path.begin() == "..") {
    return refuse("", "must be a path relative to the model's folder, and inside of it");
  }
  if (reading.carried != nullptr) {
    const auto kept = reading.carried->bytes.find(name);
    if (kept != reading.carried->bytes.end()) return carried_file(kept->second);
    if (reading.carried->complete) return refuse(", which is not carried with the model", "");
  }
  const fs::path file = reading.folder / path;
  std::error_code error;
  const fs::file_status status = fs::status(file, error);
  if (!fs::exists(status))
    return refuse(", which does not exist" + (error ? " (" + error.message() + ")" : std::string()),
                  "looked for at " + file.string());
  if (!fs::is_regular_file(status)) return refuse(", which is no regular file", "");
  if (::access(file.c_str(), R_OK) != 0)
    return refuse(", which cannot be opened: " + std::generic_category().message(errno), "");
  if (reading.carried != nullptr)
    return carried_file(reading.carried->bytes[name] = read_file(file, std::numeric_limits<std::int64_t>::max()));
  return FileBeside{std::make_unique<std::ifstream>(file, std::ios::binary),
                    static_cast<std::int64_t>(fs::file_size(file))};
}

bool fits(const MatrixShape& shape, std::int64_t rows, std::int64_t cols) {
  return (shape.rows == kUnknown || shape.rows == rows) && (shape.cols == kUnknown || shape.cols == cols);
}

std::string described(const MatrixShape& shape) {
  const auto side = [](std::int64_t size) { return size == kUnknown ? std::string("any") : std::to_string(size); };
  return fmt::format("{} x {}: {} x {}", side(shape.rows), side(shape.cols), shape.rows_of, shape.cols_of);
}

bool all_finite(std::span<const double> values) {
  // An exponent of all ones is infinity or no number. Blocks of a fixed length, without a way out,
  // are what the compiler vectorises.
  constexpr std::uint64_t kExponent = 0x7ff0000000000000ULL;
  constexpr std::size_t kBlock = 1024;
  for (std::size_t begin = 0; begin < values.size(); begin += kBlock) {
    const std::size_t end = std::min(begin + kBlock, values.size());
    std::uint64_t found = 0;
    for (std::size_t i = begin; i < end; ++i) {
      found |= static_cast<std::uint64_t>((std::bit_cast<std::uint64_t>(values[i]) & kExponent) == kExponent);
    }
    if (found != 0) return false;
  }
  return true;
}

void check_finite(std::span<const double> values, const FieldPath& field, FaultList& faults) {
  if (all_finite(values)) return;
  std::size_t told = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) continue;
    if (++told > kMostFaultsOfArray) continue;
    faults.error(field.element(i), "is " + shown(values[i]), "must be finite");
  }
  if (told > kMostFaultsOfArray)
    faults.error(field, fmt::format("has {} more values that are not finite", told - kMostFaultsOfArray), "must be finite");
}

void check_name(const std::string& name, const FieldPath& field, FaultList& faults) {
  if (name.empty()) {
    faults.error(field, "is missing", "must be given");
  } else if (name.size() > kLongestName) {
    faults.error(field, fmt::format("is {}, of {} bytes", shown(std::string_view(name)), name.size()),
                 fmt::format("must have at most {} bytes", kLongestName));
  } else if (std::any_of(name.begin(), name.end(),
                         [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; })) {
    faults.error(field, "is " + shown(std::string_view(name)), "must have no control characters");
  }
}

bool check_range(std::int64_t value, std::int64_t low, std::int64_t high, const FieldPath& field, FaultList& faults) {
  if (value >= low && value <= high) return true;
  faults.error(field, fmt::format("is {}", value),
               high < INT32_MAX ? fmt::format("must be {} to {}", low, high) : fmt::format("must be at least {}", low));
  return false;
}

bool check_shape(std::int64_t rows, std::int64_t cols, const MatrixShape& shape, const FieldPath& where, FaultList& faults) {
  const auto fits = [&](std::int64_t size, std::int64_t wanted, const std::string& wanted_of, std::string_view field) {
    if (wanted == kUnknown) return check_range(size, 1, INT32_MAX, where.at(field), faults);
    if (size != wanted)
      faults.error(where.at(field), fmt::format("is {}", size), fmt::format("must be {}, {}", wanted, wanted_of));
    return size == wanted;
  };
  const bool rows_fit = fits(rows, shape.rows, shape.rows_of, "rows");
  return fits(cols, shape.cols, shape.cols_of, "cols") && rows_fit;
}

std::int64_t known_neurons(const NetworkSpec& network, PopulationKind kind) {
  const bool all_known = std::all_of(network.populations.begin(), network.populations.end(),
                                     [](const PopulationSpec& population) { return population.size > 0; });
  return all_known ? neurons(network, kind) : kUnknown;
}

}  // namespace locus
