#include "sim/report/table.h"

#include <algorithm>
#include <numeric>

#include "core/base/check.h"

namespace locus {
namespace {

constexpr std::size_t kGap = 2;           // between columns
constexpr std::size_t kShortestName = 8;  // least columns of names

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

/// The names of the first column within `columns`; different names stay different.
std::vector<std::string> fitted_names(const TextTable& table, std::size_t columns) {
  std::vector<std::string> names;
  for (const auto& row : table.rows) names.push_back(shorten(row[0], columns));
  const std::vector<std::string> first_try = names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    bool ambiguous = false;
    for (std::size_t j = 0; j < names.size(); ++j) {
      ambiguous = ambiguous || (first_try[i] == first_try[j] && table.rows[i][0] != table.rows[j][0]);
    }
    if (!ambiguous) continue;
    const std::string mark = "..#" + std::to_string(i + 1);
    names[i] = head(table.rows[i][0], columns - std::min(columns, mark.size())) + mark;
  }
  return names;
}

std::vector<std::size_t> widths_of(const TextTable& table) {
  std::vector<std::size_t> widths;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::size_t widest = width(table.columns[c].heading);
    for (const auto& row : table.rows) widest = std::max(widest, width(row[c]));
    widths.push_back(widest);
  }
  // The heading of a group widens its last column if the columns below it are narrower together.
  for (const TableGroup& group : table.groups) {
    const auto first = widths.begin() + static_cast<std::ptrdiff_t>(group.first);
    const auto end = widths.begin() + static_cast<std::ptrdiff_t>(group.last + 1);
    const std::size_t below = std::accumulate(first, end, kGap * (group.last - group.first));
    if (width(group.heading) > below) widths[group.last] += width(group.heading) - below;
  }
  const std::size_t others = std::accumulate(widths.begin() + 1, widths.end(), kGap * (widths.size() - 1));
  const std::size_t room = kTextWidth > others + kShortestName ? kTextWidth - others : kShortestName;
  widths[0] = std::min(widths[0], room);
  widths[0] = std::max(widths[0], std::min(table.name_columns, room));
  return widths;
}

/// "--- heading ---", `columns` wide.
std::string ruled(const std::string& heading, std::size_t columns) {
  const std::size_t free = columns - std::min(columns, width(heading));
  const auto dashes = [](std::size_t count) { return std::string(count - std::min<std::size_t>(count, 1), '-'); };
  const std::string left = pad(dashes(free / 2), free / 2, Align::kLeft);
  const std::string right = pad(dashes(free - free / 2), free - free / 2, Align::kRight);
  return left + heading + right;
}

/// The caption and the headings of the groups.
std::string top_lines(const TextTable& table, const std::vector<std::size_t>& widths) {
  std::string line;
  std::size_t column = 0;
  for (const TableGroup& group : table.groups) {
    for (; column < group.first; ++column) line += std::string(widths[column] + kGap, ' ');
    std::size_t columns = kGap * (group.last - group.first);
    for (; column <= group.last; ++column) columns += widths[column];
    line += ruled(group.heading, columns) + std::string(kGap, ' ');
  }
  const std::size_t free = std::min(line.find_first_not_of(' '), line.size());
  if (table.caption.empty()) return table.groups.empty() ? "" : trimmed(line);
  if (table.groups.empty()) return trimmed(table.caption);
  if (width(table.caption) + kGap > free) return trimmed(table.caption) + trimmed(line);
  return trimmed(table.caption + line.substr(width(table.caption)));
}

}  // namespace

std::string render(const TextTable& table) {
  for (const auto& row : table.rows) CHECK(row.size() == table.columns.size(), "a row has a cell for every column");
  const std::vector<std::size_t> widths = widths_of(table);
  const std::vector<std::string> names = fitted_names(table, widths[0]);
  std::string text = top_lines(table, widths);

  const auto line_of = [&](auto cell) {
    std::string line;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c > 0) line += std::string(kGap, ' ');
      line += pad(cell(c), widths[c], table.columns[c].align);
    }
    return trimmed(line);
  };
  text += line_of([&](std::size_t c) { return table.columns[c].heading; });
  text += std::string(std::accumulate(widths.begin(), widths.end(), kGap * (widths.size() - 1)), '-') + '\n';
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    text += line_of([&](std::size_t c) { return c == 0 ? names[r] : table.rows[r][c]; });
  }
  return text;
}

}  // namespace locus
