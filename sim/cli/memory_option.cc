#include "sim/cli/memory_option.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace locus {
namespace {

/// Reads "800000", "800k" or "1.5G" as bytes; k means 1000, as in all printed sizes.
std::optional<double> bytes_of(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || !std::isfinite(number) || number <= 0) return std::nullopt;
  constexpr std::string_view kUnits = "kMGTP";
  const std::string_view unit(stop, end);
  if (unit.empty()) return number;
  const std::size_t power = unit.size() == 1 ? kUnits.find(unit.front()) : std::string_view::npos;
  if (power == std::string_view::npos) return std::nullopt;
  return number * std::pow(1000.0, static_cast<double>(power + 1));
}

std::string check_size(const std::string& text) {
  return bytes_of(text)
             ? ""
             : fmt::format("is \"{}\"; must be a number of bytes above 0, such as 800000, 800k, 500M or 1.5G", text);
}

}  // namespace

void MemoryOption::declare(CLI::App& app, const std::string& help) {
  app.add_option("--memory", size_, help)->type_name("SIZE")->check(check_size, "");
}

double MemoryOption::limit() const { return bytes_of(size_).value_or(std::numeric_limits<double>::infinity()); }

}  // namespace locus
