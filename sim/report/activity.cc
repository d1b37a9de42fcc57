#include "sim/report/activity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include "sim/report/recording_file.h"
#include "sim/report/weights_file.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// The head of an .npy of ticks.
struct TickArray {
  std::array<std::int64_t, 4> shape = {};  // updates, ticks, trials, neurons
  std::int64_t scalar = 8;                 // bytes of a number
};

std::optional<TickArray> head_in(std::string_view head) {
  TickArray array;
  if (head.find("'<f4'") != std::string_view::npos) array.scalar = 4;
  constexpr std::string_view kShape = "'shape': (";
  std::size_t at = head.find(kShape);
  if (!head.starts_with("\x93NUMPY") || at == std::string_view::npos) return std::nullopt;
  at += kShape.size();
  for (std::int64_t& size : array.shape) {
    std::size_t digits = 0;
    for (; at < head.size() && head[at] >= '0' && head[at] <= '9' && digits < 10; ++at, ++digits)
      size = 10 * size + (head[at] - '0');
    if (digits == 0 || digits > 9 || size == 0) return std::nullopt;
    while (at < head.size() && (head[at] == ',' || head[at] == ' ')) ++at;
  }
  return at < head.size() && head[at] == ')' ? std::optional(array) : std::nullopt;
}

/// Rows of ticks with the values of the shown neurons.
using Rows = std::vector<std::vector<double>>;

double number_at(const char* bytes, std::int64_t scalar) {
  if (scalar == 4) {
    float value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  double value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

/// The first trial of the last update; empty if the file does not have it.
std::optional<Rows> last_trial(std::ifstream& file, const TickArray& array, std::uintmax_t file_bytes) {
  const auto [updates, ticks, trials, neurons] = array.shape;
  // In double, because the product of four sizes may be beyond 64 bits.
  const double needed = static_cast<double>(updates) * static_cast<double>(ticks) * static_cast<double>(trials) *
                            static_cast<double>(neurons) * static_cast<double>(array.scalar) +
                        static_cast<double>(kNpyHead);
  if (needed > static_cast<double>(file_bytes)) return std::nullopt;
  const std::int64_t row_bytes = neurons * array.scalar;
  const std::int64_t begin = kNpyHead + (updates - 1) * ticks * trials * row_bytes;
  const std::int64_t shown = std::min(neurons, kShownNeurons);
  Rows rows;
  std::string bytes(static_cast<std::size_t>(shown * array.scalar), '\0');
  for (std::int64_t t = 0; t < std::min(ticks, kShownTicks); ++t) {
    file.seekg(begin + t * trials * row_bytes);
    if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) return std::nullopt;
    std::vector<double>& row = rows.emplace_back();
    for (std::int64_t k = 0; k < shown; ++k) row.push_back(number_at(bytes.data() + k * array.scalar, array.scalar));
  }
  return rows;
}

/// The numbers of a row; what is not finite is null, as JSON has it.
std::string row_text(const std::vector<double>& row) {
  std::string text;
  for (const double value : row)
    text += (text.empty() ? "" : ",") + (std::isfinite(value) ? fmt::format("{:.6g}", value) : std::string("null"));
  return "[" + text + "]";
}

/// Of run r and recording k; empty without a file.
std::string one_activity(const fs::path& folder, const v1::Result& result, int r, int k) {
  const v1::Run& run = result.runs(r);
  const v1::RecordedFile& recording = result.outline().recordings(k);
  if (!recording.is_array() || recording.every_ticks() < 1) return "";
  const fs::path path = folder / "record" / file_name(run.rule()) / (file_name(recording.name()) + ".npy");
  std::error_code error;
  const std::uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
  if (error || size <= static_cast<std::uintmax_t>(kNpyHead)) return "";
  std::ifstream file(path, std::ios::binary);
  std::string head(static_cast<std::size_t>(kNpyHead), '\0');
  if (!file.read(head.data(), static_cast<std::streamsize>(head.size()))) return "";
  const std::optional<TickArray> array = head_in(head);
  const std::optional<Rows> rows = array ? last_trial(file, *array, size) : std::nullopt;
  if (!rows) return "";
  std::string ticks;
  std::string values;
  for (std::size_t t = 0; t < rows->size(); ++t) {
    const auto tick = recording.first_tick() + static_cast<std::int64_t>(t) * recording.every_ticks();
    ticks += fmt::format("{}{}", t == 0 ? "" : ",", tick);
    values += (t == 0 ? "" : ",") + row_text((*rows)[t]);
  }
  return fmt::format(R"({{"run":{},"recording":{},"ticks":[{}],"all":{},"values":[{}]}})", r, k, ticks, array->shape[3],
                     values);
}

/// True of evaluation trials where the same is recorded of the trials that are learnt from.
bool is_beside_learning(const v1::Outline& outline, int k) {
  const v1::RecordedFile& recording = outline.recordings(k);
  return recording.evaluation() && std::ranges::any_of(outline.recordings(), [&](const v1::RecordedFile& other) {
           return !other.evaluation() && other.is_array() && other.of() == recording.of() &&
                  other.quantity() == recording.quantity();
         });
}

}  // namespace

void write_activity(const v1::Result& result, const fs::path& folder, Output& to) {
  bool first = true;
  to.put('[');
  for (int r = 0; r < result.runs_size(); ++r) {
    for (int k = 0; k < result.outline().recordings_size(); ++k) {
      if (is_beside_learning(result.outline(), k)) continue;
      const std::string text = one_activity(folder, result, r, k);
      if (text.empty()) continue;
      if (!first) to.put(',');
      first = false;
      to.put(text);
    }
  }
  to.put(']');
}

}  // namespace locus
