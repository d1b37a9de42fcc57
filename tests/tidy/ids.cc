// Strong ids: a column takes the id; a cast of its integer to an index gives up what it protects.
#include <array>
#include <regex>
#include <string>

#include "tests/tidy/checks.h"

namespace locus::tidy {
namespace {

/// A room and how many such casts it may still have; a room that is not named here has none.
struct Allowance {
  std::string_view room;
  int casts = 0;
};
constexpr std::array kAllowed = std::to_array<Allowance>({
    {"core/base", 2},  // of Indexed, which takes ids
    {"core/nonlocal", 1},
    {"core/transport/mailbox", 7},
});

int allowed_in(std::string_view room) {
  for (const Allowance& allowance : kAllowed) {
    if (allowance.room == room) return allowance.casts;
  }
  return 0;
}

/// The lines of a file on which an id's integer is cast to an index, once for each cast.
std::vector<int> casts_of(const File& file) {
  // x.value and x.value * lanes; not x.value(), which is an optional's
  static const std::regex cast(
      R"(\bstatic_cast<(std::)?(size_t|u?int(32|64)_t|Eigen::Index|ptrdiff_t)>\([\w.]*\.value\b(?!\())");
  std::vector<int> lines;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    const std::string& code = file.code[i];
    const auto casts = std::distance(std::sregex_iterator(code.begin(), code.end(), cast), std::sregex_iterator());
    lines.insert(lines.end(), static_cast<std::size_t>(casts), static_cast<int>(i) + 1);
  }
  return lines;
}

}  // namespace

Faults check_id_casts(const Tree& tree) {
  Faults faults;
  for (auto first = tree.files.begin(); first != tree.files.end();) {
    const std::string room = first->folder();
    Faults found;  // those of a room: files lie by path
    for (; first != tree.files.end() && first->folder() == room; ++first) {
      if (!first->is_cpp() || first->under("tests/")) continue;
      for (const int line : casts_of(*first))
        found.push_back({first->path, line, "a cast of an id; a column takes the id"});
    }
    if (found.size() > static_cast<std::size_t>(allowed_in(room)))
      faults.insert(faults.end(), found.begin(), found.end());
  }
  return faults;
}

}  // namespace locus::tidy
