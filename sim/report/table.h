// TextTable: rows under headings, at most kTextWidth columns wide; what is printed by `run` and
// `info`.
//
// The first column holds names and gives way: a name too long for what the others leave loses its
// middle, and two that would look the same then are told apart by their row ("..#2"). All other
// cells are short by construction (text.h) and are never cut.
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
  std::string caption;  // stands at the left of the groups, or alone above them; may be empty
  std::vector<TableColumn> columns;
  std::vector<TableGroup> groups;              // ascending, apart; may be none
  std::vector<std::vector<std::string>> rows;  // as many cells as columns
  // width that names get at least, so that tables one above the other agree
  std::size_t name_columns = 0;
};

/// Lines without spaces at their ends; headings, a line, the rows.
std::string render(const TextTable& table);

}  // namespace locus
