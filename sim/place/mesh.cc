#include "sim/place/mesh.h"

#include <cstdlib>

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
