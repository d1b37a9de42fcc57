// The table of ways and moments in docs/architecture.md says what the structs have: a cell is
// filled where the struct has that verb, and empty where it has not.
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "core/transport/columns/ways.h"

namespace locus {
namespace {

struct Verbs {
  bool hear_axon = false;
  bool hear_post = false;
  bool commit = false;
  bool finish = false;
  friend bool operator==(const Verbs&, const Verbs&) = default;
};

template <class Own>
Verbs verbs_of() {
  Verbs verbs;
  verbs.hear_axon = requires { &Own::hear_axon; };
  verbs.hear_post = requires { &Own::hear_post; };
  verbs.commit = requires { &Own::commit; };
  verbs.finish = requires { &Own::finish; };
  return verbs;
}

/// The rows of the table: what stands in each cell behind the way's name.
std::map<std::string, Verbs> table() {
  std::map<std::string, Verbs> rows;
  std::ifstream page(LOCUS_TREE "/docs/architecture.md");
  for (std::string line; std::getline(page, line);) {
    if (!line.starts_with("| `") || line.find("Way`") == std::string::npos) continue;
    std::vector<std::string> cells;
    std::istringstream text(line.substr(1));
    for (std::string cell; std::getline(text, cell, '|');) cells.push_back(cell);
    if (cells.size() < 6) continue;
    const std::size_t first = cells[0].find('`') + 1;
    const auto filled = [&](std::size_t cell) { return cells[cell].find_first_not_of(' ') != std::string::npos; };
    rows[cells[0].substr(first, cells[0].rfind('`') - first)] = {filled(2), filled(3), filled(4), filled(5)};
  }
  return rows;
}

TEST(WaysTable, IsWhatTheStructsHave) {
  const std::map<std::string, Verbs> coded = {
      {"StaticWay", verbs_of<StaticWay>()},         {"FusedWay", verbs_of<FusedWay<double>>()},
      {"LoopWay", verbs_of<LoopWay<double>>()},     {"DeferredWay", verbs_of<DeferredWay<double>>()},
      {"SharedWay", verbs_of<SharedWay<double>>()}, {"SummedWay", verbs_of<SummedWay<double>>()},
      {"EventsWay", verbs_of<EventsWay<double>>()}, {"LocalWay", verbs_of<LocalWay<double>>()},
  };
  EXPECT_EQ(coded.size(), std::variant_size_v<AnyWay<double>>) << "a way is missing here";
  const std::map<std::string, Verbs> written = table();
  ASSERT_EQ(written.size(), coded.size());
  for (const auto& [name, verbs] : coded) {
    ASSERT_TRUE(written.contains(name)) << name;
    EXPECT_EQ(written.at(name), verbs) << name;
  }
}

}  // namespace
}  // namespace locus
