// What comments and pages may say: lines that are not too wide, and files that exist.
#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>

#include "tests/tidy/checks.h"

namespace locus::tidy {
namespace {

constexpr std::size_t kCommentColumns = 100;  // a line that holds a comment has at most so many

/// The paths of a tree, and the names that stand at their ends.
struct Names {
  std::set<std::string, std::less<>> paths;  // of files and of their folders
  std::set<std::string, std::less<>> names;  // of files and of folders

  explicit Names(const Tree& tree) {
    for (const File& file : tree.files) {
      names.insert(file.name());
      for (std::string path = file.path; !path.empty(); path.resize(path.rfind('/') + 1)) {
        if (path.ends_with('/')) path.pop_back();
        names.insert(path.substr(path.rfind('/') + 1));
        if (!paths.insert(path).second || path.find('/') == std::string::npos) break;
      }
    }
  }
  /// A path from the root, or a bare name; a build may make NAME from NAME.in. A path that begins
  /// with no folder of ours belongs to another project.
  bool hold(std::string_view mention) const {
    const std::string made_from = std::string(mention) + ".in";
    const std::size_t slash = mention.find('/');
    if (slash == std::string_view::npos) return names.contains(mention) || names.contains(made_from);
    const bool protobuf_makes_it = mention.ends_with(".pb.h");
    return paths.contains(mention) || paths.contains(made_from) || protobuf_makes_it ||
           !names.contains(mention.substr(0, slash));
  }
};

/// The words of a text that look like source files: lower case, with an extension of ours.
std::vector<std::string> source_files_in(std::string_view text) {
  constexpr std::array kExtensions =
      std::to_array<std::string_view>({".h", ".cc", ".proto", ".py", ".md", ".cmake", ".ts"});
  std::vector<std::string> found;
  const auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("_-./").find(c) != std::string_view::npos;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::size_t end = i;
    while (end < text.size() && belongs(text[end])) ++end;
    std::string word(text.substr(i, end - i));
    while (word.ends_with('.')) word.pop_back();
    const std::size_t dot = word.rfind('.');
    const bool named = dot != std::string::npos && dot > 0 && std::islower(static_cast<unsigned char>(word.front())) != 0 &&
                       std::find(kExtensions.begin(), kExtensions.end(), word.substr(dot)) != kExtensions.end();
    // <stdio.h> is another's header, NAME.h and *.h are patterns
    const bool pattern = i > 0 && std::string_view("<*{}~$:").find(text[i - 1]) != std::string_view::npos;
    if (named && !pattern) found.push_back(word);
    i = end;
  }
  return found;
}

/// The comment of a line of a file that is not C++; empty where there is none.
std::string_view comment_in(const File& file, std::string_view line) {
  const bool sharp = file.extension() == ".txtpb" || file.extension() == ".cmake" || file.name() == "CMakeLists.txt";
  const std::string_view mark = sharp ? "#" : "//";
  if (!sharp && file.extension() != ".proto") return {};
  const std::size_t begin = line.find(mark);
  return begin == std::string_view::npos ? std::string_view() : line.substr(begin + mark.size());
}

/// A heading's anchor as a page has it: lower case, blanks as '-', without other punctuation.
std::string anchor_of(std::string_view heading) {
  std::string anchor;
  for (const char c : heading.substr(std::min(heading.find_first_not_of('#'), heading.size()))) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0 || c == '_' || c == '-' || byte >= 0x80U)
      anchor += static_cast<char>(std::tolower(byte));
    if (c == ' ' && !anchor.empty()) anchor += '-';
  }
  return anchor;
}

bool has_anchor(const File& page, std::string_view anchor) {
  return std::any_of(page.lines.begin(), page.lines.end(),
                     [&](const std::string& line) { return line.starts_with('#') && anchor_of(line) == anchor; });
}

/// folder/target with its `..` taken out; empty where it leaves the tree.
std::string resolved(const std::string& folder, const std::string& target) {
  std::vector<std::string> parts;
  const std::string path = folder.empty() ? target : folder + "/" + target;
  for (std::size_t i = 0; i <= path.size();) {
    const std::size_t end = std::min(path.find('/', i), path.size());
    const std::string part = path.substr(i, end - i);
    if (part == ".." && parts.empty()) return {};
    if (part == "..") parts.pop_back();
    if (part != ".." && part != "." && !part.empty()) parts.push_back(part);
    i = end + 1;
  }
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : "/") + part;
  return joined;
}

/// What is wrong with one link of a page; empty where nothing is.
std::string fault_of_link(const Tree& tree, const Names& names, const File& page, const std::string& link) {
  if (link.find("://") != std::string::npos || link.starts_with("mailto:")) return {};
  const std::size_t sharp = std::min(link.find('#'), link.size());
  const std::string target = link.substr(0, sharp);
  const std::string path = target.empty() ? page.path : resolved(page.folder(), target);
  if (!names.paths.contains(path)) return "links to " + link + ", which does not exist";
  if (sharp == link.size()) return {};
  const auto at = std::find_if(tree.files.begin(), tree.files.end(), [&](const File& file) { return file.path == path; });
  if (at == tree.files.end() || !has_anchor(*at, link.substr(sharp + 1)))
    return "links to " + link + ", a heading that does not exist";
  return {};
}

/// The targets of the links [text](target) of a line.
std::vector<std::string> links_of(const std::string& line) {
  std::vector<std::string> links;
  for (std::size_t i = line.find("]("); i != std::string::npos; i = line.find("](", i + 1)) {
    const std::size_t end = line.find(')', i);
    if (end != std::string::npos) links.push_back(line.substr(i + 2, end - i - 2));
  }
  return links;
}

/// What stands between back quotes and looks like a path of ours: it begins with one of our
/// folders.
std::vector<std::string> quoted_paths_of(const std::string& line) {
  constexpr std::array kTops =
      std::to_array<std::string_view>({"core/", "sim/", "proto/", "models/", "tests/", "docs/", "examples/", "python/"});
  std::vector<std::string> paths;
  for (std::size_t i = line.find('`'); i != std::string::npos;) {
    const std::size_t end = line.find('`', i + 1);
    if (end == std::string::npos) break;
    std::string path = line.substr(i + 1, end - i - 1);
    while (path.ends_with('/')) path.pop_back();
    const bool ours = std::any_of(kTops.begin(), kTops.end(), [&](std::string_view top) { return path.starts_with(top); });
    if (ours && path.find_first_of(" *{}<>$") == std::string::npos) paths.push_back(path);
    i = line.find('`', end + 1);
  }
  return paths;
}

}  // namespace

Faults check_comment_width(const Tree& tree) {
  Faults faults;
  for (const File& file : tree.files) {
    for (std::size_t i = 0; i < file.comments.size(); ++i) {
      const bool comment = file.comments[i].find_first_not_of(' ') != std::string::npos;
      if (!comment || columns_of(file.lines[i]) <= kCommentColumns) continue;
      faults.push_back({file.path, static_cast<int>(i) + 1,
                        "a comment reaches column " + std::to_string(columns_of(file.lines[i])) + "; at most " +
                            std::to_string(kCommentColumns)});
    }
  }
  return faults;
}

Faults check_named_files(const Tree& tree) {
  const Names names(tree);
  Faults faults;
  for (const File& file : tree.files) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].size() > 4096) continue;  // numbers
      const std::string_view comment = file.is_cpp() ? file.comments[i] : comment_in(file, file.lines[i]);
      for (const std::string& mention : source_files_in(comment)) {
        if (!names.hold(mention))
          faults.push_back({file.path, static_cast<int>(i) + 1, "names " + mention + ", which does not exist"});
      }
    }
  }
  return faults;
}

Faults check_links(const Tree& tree) {
  const Names names(tree);
  Faults faults;
  for (const File& page : tree.files) {
    if (page.extension() != ".md") continue;
    bool code = false;  // within a fenced block
    for (std::size_t i = 0; i < page.lines.size(); ++i) {
      const std::string& line = page.lines[i];
      if (line.starts_with("```")) code = !code;
      if (code) continue;
      const int number = static_cast<int>(i) + 1;
      for (const std::string& link : links_of(line)) {
        const std::string fault = fault_of_link(tree, names, page, link);
        if (!fault.empty()) faults.push_back({page.path, number, fault});
      }
      if (page.path == "CHANGELOG.md") continue;  // it names what there was
      for (const std::string& path : quoted_paths_of(line)) {
        if (!names.paths.contains(path))
          faults.push_back({page.path, number, "names " + path + ", which does not exist"});
      }
    }
  }
  return faults;
}

}  // namespace locus::tidy
