// What lies where: the root, the rooms, and files that nobody needs.
#include <algorithm>
#include <array>
#include <regex>
#include <string>

#include "tests/tidy/checks.h"

namespace locus::tidy {
namespace {

const File* find(const Tree& tree, std::string_view path) {
  const auto found =
      std::find_if(tree.files.begin(), tree.files.end(), [&](const File& file) { return file.path == path; });
  return found == tree.files.end() ? nullptr : &*found;
}

bool contains(const File& file, std::string_view text) {
  return std::any_of(file.lines.begin(), file.lines.end(),
                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
}

/// A room of core or sim is a layer that CMake knows; the rooms of core are one list of sources.
bool is_layer(const Tree& tree, const std::string& room) {
  const File* cmake = find(tree, room.substr(0, room.find('/')) + "/CMakeLists.txt");
  return cmake != nullptr &&
         ((room.starts_with("core/") && contains(*cmake, "/*/*.cc)")) ||
          contains(*cmake, "locus_layer(" + room + " ") || contains(*cmake, "locus_layer(" + room + ")"));
}

bool is_test_room(const Tree& tree, std::string_view folder) {
  constexpr std::array kOther =
      std::to_array<std::string_view>({"tests/support", "tests/bench", "tests/compile_fail", "tests/install"});
  if (std::find(kOther.begin(), kOther.end(), folder) != kOther.end()) return true;
  return std::any_of(tree.files.begin(), tree.files.end(),
                     [&](const File& file) { return file.folder() == folder && file.path.ends_with("_test.cc"); });
}

/// The library as one header. Programs that use it include it as it is installed.
constexpr std::string_view kUmbrella = "sim/locus.h";

bool is_built(const Tree& tree, const File& file) {
  const std::string folder = file.folder();
  if (file.path == kUmbrella) return true;
  // modules, whose own CMakeLists.txt take them all
  if (folder == "sim/python" || folder == "sim/ranks/mpi") return true;
  if (file.under("core/") || file.under("sim/")) return is_layer(tree, folder);
  if (std::count(folder.begin(), folder.end(), '/') != 1) return folder == "examples";
  if (folder == "tests/fuzz")
    return file.path.ends_with("_fuzz.cc") || file.name() == "replay_main.cc" || file.extension() == ".h";
  return file.under("tests/") && is_test_room(tree, folder);
}

}  // namespace

Faults check_top_level(const Tree& tree) {
  constexpr std::array kAllowed = std::to_array<std::string_view>(
      {"core", "sim", "proto", "models", "tests", "docs", "examples", "python", "CMakeLists.txt", "CMakePresets.json",
       "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml",
       // These two are somebody's own, and ignored by git.
       "build", "CMakeUserPresets.json"});
  Faults faults;
  for (const std::string& entry : tree.top_entries) {
    if (entry.starts_with('.') || std::find(kAllowed.begin(), kAllowed.end(), entry) != kAllowed.end()) continue;
    faults.push_back({entry, 0, "does not belong in the root"});
  }
  return faults;
}

Faults check_places(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    if (file.is_cpp() && !is_built(tree, file)) faults.push_back({file.path, 0, "no target takes sources from here"});
    if (file.extension() == ".proto" && file.folder() != "proto/locus/v1")
      faults.push_back({file.path, 0, "schemas lie in proto/locus/v1"});
  }
  return faults;
}

Faults check_dead_headers(const Tree& tree) {
  Faults faults;
  for (const File& header : tree.files) {
    if (header.extension() != ".h" || header.path == kUmbrella) continue;
    const std::string own = header.path.substr(0, header.path.size() - 1) + "cc";
    const auto uses = [&](const File& file) {
      if (!file.is_cpp() || file.path == own || file.path == header.path) return false;
      const std::vector<Include> includes = includes_of(file);
      return std::any_of(includes.begin(), includes.end(),
                         [&](const Include& include) { return include.path == header.path; });
    };
    if (std::none_of(tree.files.begin(), tree.files.end(), uses))
      faults.push_back({header.path, 0, "nobody includes it"});
  }
  return faults;
}

Faults check_dead_data(const Tree& tree) {
  Faults faults;
  for (const File& data : tree.files) {
    static const std::regex corpus("^tests/fuzz/corpus/([^/]+)/");
    std::smatch match;
    if (std::regex_search(data.path, match, corpus)) {
      if (find(tree, "tests/fuzz/" + match.str(1) + "_fuzz.cc") == nullptr)
        faults.push_back({data.path, 0, "a corpus without a fuzzer"});
      continue;
    }
    if (!data.under("tests/data/")) continue;
    // Named itself, or with its folder where a test goes through all of it.
    const std::string folder = data.folder().substr(std::min(data.folder().size(), std::string("tests/data/").size()));
    const auto names = [&](const File& file) {
      return file.is_cpp() && file.under("tests/") &&
             (contains(file, data.name()) || (!folder.empty() && contains(file, '"' + folder)));
    };
    if (std::none_of(tree.files.begin(), tree.files.end(), names)) faults.push_back({data.path, 0, "no test names it"});
  }
  return faults;
}

Faults check_words(const Tree& tree) {
  static const std::regex leftover(R"(\b(TO[D]O|FIX[M]E|X{3}|HAC[K])\b)");
  static const std::regex somewhere(R"((^|[\s"'`(=:,<])/(home|root|work|Users|mnt)/\w)");
  constexpr std::array kText = std::to_array<std::string_view>(
      {".h", ".cc", ".cmake", ".txt", ".proto", ".txtpb", ".json", ".md", ".html", ".js", ".css", ".csv", ".sh", ".py"});
  Faults faults;
  for (const File& file : tree.files) {
    const bool is_text = std::find(kText.begin(), kText.end(), file.extension()) != kText.end() || file.under(".");
    if (!is_text) continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].size() > 4096) continue;  // numbers
      if (std::regex_search(file.lines[i], leftover))
        faults.push_back({file.path, static_cast<int>(i) + 1, "a leftover"});
      if (std::regex_search(file.lines[i], somewhere))
        faults.push_back({file.path, static_cast<int>(i) + 1, "a place on somebody's machine"});
    }
  }
  return faults;
}

Faults check_models(const Tree& tree) {
  Faults faults;
  for (const File& model : tree.files) {
    if (!model.under("models/")) continue;
    if (model.extension() != ".txtpb") continue;
    const std::vector<std::string>& lines = model.lines;
    const std::string_view schema = model.under("models/chips/")     ? "cost"
                                    : model.under("models/engines/") ? "engine"
                                                                     : "model";
    const std::string_view message = schema == "cost" ? "Cost" : schema == "engine" ? "Engine" : "Model";
    if (lines.size() < 3 || lines[0] != "# proto-file: proto/locus/v1/" + std::string(schema) + ".proto" ||
        lines[1] != "# proto-message: locus.v1." + std::string(message)) {
      faults.push_back({model.path, 1, "must open with its proto-file and proto-message"});
    }
    std::size_t words = 0;
    for (std::size_t i = 2; i < lines.size() && (lines[i].empty() || lines[i].starts_with('#')); ++i) {
      words += static_cast<std::size_t>(std::count(lines[i].begin(), lines[i].end(), ' '));
    }
    if (words < 5) faults.push_back({model.path, 3, "must say, in a comment at its top, what it shows"});
  }
  return faults;
}

}  // namespace locus::tidy
