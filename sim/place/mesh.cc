#include "sim/place/mesh.h"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace locus {

Hops hops(const Mesh& mesh, std::int32_t from, std::int32_t to) {
  Hops way;
  if (from == to) return way;
  if (from == kHost || to == kHost) way.host = 1;
  const std::int32_t a = from == kHost ? 0 : from;
  const std::int32_t b = to == kHost ? 0 : to;
  way.east_west = std::abs(a % mesh.width - b % mesh.width);
  way.north_south = std::abs(a / mesh.width - b / mesh.width);
  return way;
}

std::int64_t tree_links(const Mesh& mesh, std::int32_t from, std::span<const std::int32_t> to) {
  // Ways share the row of the sender; then each column has one way up and one down.
  struct Span {
    std::int32_t low = 0;
    std::int32_t high = 0;
  };
  const std::int32_t root = from == kHost ? 0 : from;
  const std::int32_t row = root / mesh.width;
  Span in_row{root % mesh.width, root % mesh.width};
  std::map<std::int32_t, Span> in_column;
  std::int64_t links = 0;
  bool leaves_host = false;
  bool reaches_host = false;
  for (const std::int32_t place : to) {
    if (place == from) continue;
    leaves_host = leaves_host || from == kHost;
    reaches_host = reaches_host || place == kHost;
    const std::int32_t core = place == kHost ? 0 : place;
    const std::int32_t x = core % mesh.width;
    const std::int32_t y = core / mesh.width;
    in_row.low = std::min(in_row.low, x);
    in_row.high = std::max(in_row.high, x);
    Span& column = in_column.try_emplace(x, Span{row, row}).first->second;
    column.low = std::min(column.low, y);
    column.high = std::max(column.high, y);
  }
  for (const auto& [x, column] : in_column) links += column.high - column.low;
  return links + in_row.high - in_row.low + (leaves_host ? 1 : 0) + (reaches_host ? 1 : 0);
}

std::int32_t next_on_way(const Mesh& mesh, std::int32_t from, std::int32_t to) {
  if (from == kHost) return 0;
  const std::int32_t core = to == kHost ? 0 : to;
  if (from == core) return to;  // core 0, on the way to the host
  const std::int32_t x = core % mesh.width - from % mesh.width;
  if (x != 0) return x > 0 ? from + 1 : from - 1;
  return core > from ? from + mesh.width : from - mesh.width;
}

std::string place_name(std::int32_t place) { return place == kHost ? "host" : "core " + std::to_string(place); }

}  // namespace locus
