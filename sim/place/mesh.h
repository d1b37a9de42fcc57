// Mesh: the cores of a chip and the ways between them. Cores are numbered row by row from 0; the
// host is attached to core 0, one link away.
//
// Packets go along their row first, then along the column (XY, dimension-ordered routing: Dally &
// Towles 2004, ch. 8). This is deterministic and free of deadlocks.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace locus {

inline constexpr std::int32_t kHost = -1;  // the host's number as a place

struct Mesh {
  std::int32_t width = 1;   // cores in a row
  std::int32_t height = 1;  // rows

  std::int32_t cores() const { return width * height; }
  friend bool operator==(const Mesh&, const Mesh&) = default;
};

/// Links from one place to another, by kind. Their sum is the Manhattan distance, plus 1 if one end
/// is the host.
struct Hops {
  std::int64_t east_west = 0;
  std::int64_t north_south = 0;
  std::int64_t host = 0;
  std::int64_t all() const { return east_west + north_south + host; }
};
Hops hops(const Mesh& mesh, std::int32_t from, std::int32_t to);

/// The links on the ways from one place to several others, each link once: a multicast tree.
std::int64_t tree_links(const Mesh& mesh, std::int32_t from, std::span<const std::int32_t> to);

/// The next place on the way; `from` and `to` must differ.
std::int32_t next_on_way(const Mesh& mesh, std::int32_t from, std::int32_t to);

/// "core 3", "host".
std::string place_name(std::int32_t place);

}  // namespace locus
