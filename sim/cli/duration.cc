#include "sim/cli/duration.h"

#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

#include <fmt/format.h>

namespace locus {
namespace {

constexpr std::int64_t kLongest = std::numeric_limits<std::int32_t>::max();  // seconds

/// Takes the digits at the front of a text; empty if there are none or more than twelve.
std::optional<std::int64_t> take_number(std::string_view& text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<std::size_t>(stop - text.data());
  if (error != std::errc() || text.front() == '-' || digits > 12) return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char letter) {
  if (!text.starts_with(letter)) return false;
  text.remove_prefix(1);
  return true;
}

/// Two digits below 60, for minutes and seconds.
std::optional<std::int64_t> take_sixtieth(std::string_view& text) {
  const std::size_t before = text.size();
  const auto number = take_number(text);
  if (!number || before - text.size() != 2 || *number >= 60) return std::nullopt;
  return number;
}

/// "1h30m" as seconds.
std::optional<std::int64_t> with_units(std::string_view text) {
  struct Unit {
    char letter;
    std::int64_t seconds;
  };
  constexpr std::array<Unit, 4> kUnits = {{{'d', 86'400}, {'h', 3'600}, {'m', 60}, {'s', 1}}};
  std::int64_t sum = 0;
  for (const Unit& unit : kUnits) {
    std::string_view rest = text;
    const auto number = take_number(rest);
    if (!number || !take(rest, unit.letter)) continue;
    sum += *number * unit.seconds;
    text = rest;
  }
  if (!text.empty()) return std::nullopt;
  return sum;
}

/// "HH:MM:SS" or "D-HH:MM:SS" as seconds.
std::optional<std::int64_t> with_colons(std::string_view text) {
  std::int64_t days = 0;
  auto hours = take_number(text);
  if (hours && take(text, '-')) {
    days = *hours;
    hours = take_number(text);
    if (hours && *hours >= 24) return std::nullopt;
  }
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_sixtieth(text);
  if (!minutes || !take(text, ':')) return std::nullopt;
  const auto seconds = take_sixtieth(text);
  if (!seconds || !text.empty()) return std::nullopt;
  return ((days * 24 + *hours) * 60 + *minutes) * 60 + *seconds;
}

std::string check_duration(const std::string& text) {
  if (duration_of(text)) return "";
  return fmt::format("is \"{}\"; must be a time above 0 such as 90s, 30m, 2h, 1h30m, 1d or HH:MM:SS, at most {}s", text,
                     kLongest);
}

}  // namespace

std::optional<std::chrono::seconds> duration_of(std::string_view text) {
  auto seconds = with_units(text);
  if (!seconds) seconds = with_colons(text);
  if (!seconds || *seconds < 1 || *seconds > kLongest) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

void TimeLimitOption::declare(CLI::App& app) {
  app.add_option("--time-limit", text_,
                 "stop in good order after so long (90s, 30m, 2h, 1h30m, HH:MM:SS), counted from the start of the command: the "
                 "update in progress ends, and what there is is written; exit 130")
      ->type_name("DURATION")
      ->check(check_duration, "");
}

void TimeLimitOption::replace_by(const TimeLimitOption& other) {
  begin_ = other.begin_;
  if (!other.text_.empty()) text_ = other.text_;
}

std::optional<Interrupt::Clock::time_point> TimeLimitOption::end() const {
  const auto limit = duration_of(text_);
  if (!limit) return std::nullopt;
  return begin_ + *limit;
}

std::string TimeLimitOption::reason(const Interrupt& interrupt) const {
  if (interrupt.is_late()) return "interrupted by the time limit of " + text_;
  const std::string signal = interrupt.signal();
  return signal.empty() ? "interrupted" : "interrupted by " + signal;
}

}  // namespace locus
