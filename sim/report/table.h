// TextTable: rows under headings, at most kTextWidth columns wide, for the output of `run` and
// `info`.
//
// The first column contains names and takes the remaining width: a name that is too long loses its
// middle, and two names that would then look the same get the number of their row ("..#2"). All
// other cells are short by construction (text.h) and are never cut.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sim/report/text.h"

namespace locus {

struct TableColumn {
  std::string heading;
  Align align = Align::kRight;
};

/// A heading above the headings of columns first..last.
struct TableGroup {
  std::string heading;
  std::size_t first = 0;
  std::size_t last = 0;
};

struct TextTable {
  std::string caption;  // at the left of the groups, or alone above them; may be empty
  std::vector<TableColumn> columns;
  std::vector<TableGroup> groups;              // ascending, without overlap; may be empty
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
  // the least width of names, so that tables below each other have equal columns
  std::size_t name_columns = 0;
};

/// The headings, a line and the rows; no line ends with spaces.
std::string render(const TextTable& table);

}  // namespace locus
