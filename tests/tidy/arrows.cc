// Who may include whom: the arrows of the layers, and the libraries that each room may see.
#include <algorithm>
#include <array>
#include <string>

#include "tests/tidy/checks.h"

namespace locus::tidy {
namespace {

/// The floors of the house, the lowest first. A room sees itself and every room on a floor below
/// its own; rooms of one floor do not see each other.
constexpr std::array kFloors = std::to_array<std::string_view>({
    " core/base ",
    " core/expression ",
    " core/wire ",
    " core/actor ",
    " core/protocol core/kernel ",
    " core/plan ",
    " core/transport ",
    " core/transport/mailbox core/transport/columns ",
    " core/nonlocal ",
    " sim/model sim/theory ",
    " sim/task ",
    " sim/place ",
    " sim/engine ",
    " sim/ranks sim/compile ",
    " sim/ranks/mpi sim/run ",
    " sim/report sim/study ",
    " sim/sweep ",
    " sim/serve ",
    " sim/cli sim/python ",
});

/// The floor of a room, from 0; -1 where the house has no such room.
int floor_of(std::string_view room) {
  for (std::size_t floor = 0; floor < kFloors.size(); ++floor) {
    if (kFloors[floor].find(" " + std::string(room) + " ") != std::string_view::npos) return static_cast<int>(floor);
  }
  return -1;
}

bool sees_room(std::string_view from, std::string_view to) {
  if (from.starts_with("tests/")) return floor_of(to) >= 0 || to == "sim" || to.starts_with("tests/");
  if (from == "sim") return floor_of(to) >= 0;  // locus.h, the library as one header
  const int own = floor_of(from);
  const int other = floor_of(to);
  if (own < 0 || other < 0) return false;
  // Mathematics of modes is for what sets it beside a simulation, and for the command that shows
  // it.
  if (to == "sim/theory" || to == "sim/study")
    return from == to || from == "sim/cli" || from == "sim/python" || (from == "sim/study" && to == "sim/theory");
  return from == to || other < own;
}

/// Generated code is for sim/model, sim/report and their tests.
bool sees_generated(std::string_view from) {
  constexpr std::array kRooms = std::to_array<std::string_view>(
      {"sim/model", "sim/report", "tests/model", "tests/report", "tests/fuzz", "tests/bench"});
  return std::find(kRooms.begin(), kRooms.end(), from) != kRooms.end();
}

/// A library, told by how its headers begin, and the rooms that may see it.
struct Dependency {
  std::string_view prefix;
  std::string_view rooms;  // separated and enclosed by blanks; " * " for all
};
constexpr std::array kDependencies = std::to_array<Dependency>({
    {"Eigen/", " * "},
    {"Random123/", " core/base "},
    {"fmt/",
     " sim/model sim/task sim/place sim/engine sim/ranks sim/compile sim/run sim/report sim/sweep sim/serve "
     "sim/theory sim/study sim/cli sim/python "},
    {"openssl/", " sim/model sim/run sim/report "},
    {"minizip/", " sim/model "},
    {"mpi.h", " sim/ranks/mpi "},
    {"gnu/libc-version.h", " sim/cli "},
    {"zlib.h", " sim/model "},
    {"utf8proc.h", " sim/model "},
    {"google/protobuf/", " sim/model sim/report "},
    {"boost/", " sim/run sim/serve sim/theory "},
    {"CLI/", " sim/cli "},
    {"pybind11/", " sim/python "},
    {"sys/mman.h", " core/base "},                 // huge pages
    {"sys/resource.h", " sim/report sim/serve "},  // limits of the process
    // what the standard library cannot say of files
    {"sys/", " sim/model sim/compile sim/report sim/cli "},
});

bool sees_library(std::string_view room, std::string_view header) {
  if (room == "examples" && header == "locus/locus.h") return true;
  for (const Dependency& dependency : kDependencies) {
    if (!header.starts_with(dependency.prefix)) continue;
    return dependency.rooms == " * " || dependency.rooms.find(" " + std::string(room) + " ") != std::string_view::npos;
  }
  // The standard library is left; in core nothing of the operating system.
  return header.find('/') == std::string_view::npos && (!room.starts_with("core/") || !header.ends_with(".h"));
}

}  // namespace

Faults check_arrows(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (!file.is_cpp()) continue;
    for (const Include& include : includes_of(file)) {
      const std::string to = include.path.substr(0, include.path.rfind('/'));
      if (include.path.starts_with("locus/v1/")) {
        if (!sees_generated(file.folder()))
          faults.push_back({file.path, include.line, file.folder() + " may not see generated code"});
      } else if (include.quoted && !sees_room(file.folder(), to)) {
        faults.push_back({file.path, include.line, file.folder() + " may not include \"" + include.path + "\""});
      } else if (!include.quoted && (to.starts_with("core") || to.starts_with("sim"))) {
        faults.push_back({file.path, include.line, "our own headers stand in quotes"});
      }
    }
  }
  return faults;
}

Faults check_dependencies(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (!file.is_cpp() || file.under("tests/")) continue;
    for (const Include& include : includes_of(file)) {
      if (include.quoted || include.path.starts_with("locus/v1/") || sees_library(file.folder(), include.path))
        continue;
      faults.push_back({file.path, include.line, file.folder() + " may not see <" + include.path + ">"});
    }
  }
  return faults;
}

/// A program that includes the library's one header compiles plain values and their types, and of
/// core neither a transport nor a network.
Faults check_front_door(const Tree& tree) {
  constexpr std::string_view kFrontDoor = "sim/locus.h";
  constexpr std::string_view kReachable =
      " core/base core/wire core/actor core/protocol core/expression sim sim/model sim/place sim/ranks sim/compile sim/run sim/report sim/sweep ";
  constexpr std::array kState = std::to_array<std::string_view>({"core/actor/network.h", "core/protocol/phase_table.h"});
  Faults faults;
  std::vector<std::string> reached = {std::string(kFrontDoor)};
  for (std::size_t next = 0; next < reached.size(); ++next) {
    const auto file =
        std::find_if(tree.files.begin(), tree.files.end(), [&](const File& one) { return one.path == reached[next]; });
    if (file == tree.files.end()) continue;
    for (const Include& include : includes_of(*file)) {
      if (!include.quoted || std::find(reached.begin(), reached.end(), include.path) != reached.end()) continue;
      const std::string room = include.path.substr(0, include.path.rfind('/'));
      const bool allowed = kReachable.find(" " + room + " ") != std::string_view::npos &&
                           std::find(kState.begin(), kState.end(), include.path) == kState.end();
      if (!allowed)
        faults.push_back({file->path, include.line, std::string(kFrontDoor) + " must not reach \"" + include.path + "\""});
      reached.push_back(include.path);
    }
  }
  return faults;
}

Faults check_rooms_table(const Tree& tree) {
  Faults faults;
  for (const char* path : {"docs/architecture.md", "CONTRIBUTING.md"}) {
    const auto page =
        std::find_if(tree.files.begin(), tree.files.end(), [&](const File& file) { return file.path == path; });
    if (page == tree.files.end()) continue;
    std::string rows;
    for (const std::string& line : page->lines) {
      if (line.starts_with("| `")) rows += line.substr(0, line.find(" |", 1));
    }
    for (const std::string_view floor : kFloors) {
      for (std::size_t begin = 1; begin < floor.size();) {
        const std::size_t end = floor.find(' ', begin);
        const std::string room(floor.substr(begin, end - begin));
        begin = end + 1;
        if (std::none_of(tree.files.begin(), tree.files.end(), [&](const File& file) { return file.folder() == room; }))
          continue;
        // a transport is in the row of the seam
        const std::string above = room.substr(0, room.rfind('/'));
        const bool has_row =
            rows.find("`" + room + "`") != std::string::npos ||
            (std::count(room.begin(), room.end(), '/') == 2 && rows.find("`" + above + "`") != std::string::npos);
        if (!has_row) faults.push_back({page->path, 0, "the table of rooms has no row for " + room});
      }
    }
  }
  return faults;
}

Faults check_own_header(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (file.extension() != ".cc") continue;
    const std::string header = file.path.substr(0, file.path.size() - 2) + "h";
    const auto same = [&](const File& other) { return other.path == header; };
    if (std::none_of(tree.files.begin(), tree.files.end(), same)) continue;
    const std::vector<Include> includes = includes_of(file);
    if (includes.empty() || includes.front().path != header)
      faults.push_back({file.path, 1, "must include \"" + header + "\" first"});
  }
  return faults;
}

}  // namespace locus::tidy
