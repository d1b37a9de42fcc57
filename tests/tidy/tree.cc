#include "tests/tidy/tree.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <regex>

namespace locus::tidy {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Where the token that begins at `begin` ends (one past it), if it is a comment or a literal;
/// `begin` otherwise.
std::size_t end_of_blank(std::string_view text, std::size_t begin) {
  const auto after = [&](std::string_view mark, std::size_t from) {
    const std::size_t found = text.find(mark, from);
    return found == std::string_view::npos ? text.size() : found + mark.size();
  };
  const std::string_view rest = text.substr(begin);
  if (rest.starts_with("//")) return std::min(text.find('\n', begin), text.size());
  if (rest.starts_with("/*")) return after("*/", begin + 2);
  if (rest.starts_with("R\"")) {
    const std::size_t open = text.find('(', begin);
    return after(")" + std::string(text.substr(begin + 2, open - begin - 2)) + "\"", open);
  }
  const char quote = rest.front();
  const bool separates_digits =
      quote == '\'' && begin > 0 && std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0;
  if ((quote != '"' && quote != '\'') || separates_digits) return begin;
  std::size_t end = begin + 1;
  while (end < text.size() && text[end] != quote && text[end] != '\n') end += text[end] == '\\' ? 2U : 1U;
  return std::min(end + 1, text.size());
}

}  // namespace

std::string File::folder() const {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string File::name() const { return path.substr(path.rfind('/') + 1); }

std::string File::extension() const { return fs::path(path).extension().string(); }

std::size_t columns_of(std::string_view line) {
  // A byte that continues a UTF-8 sequence is not a character of its own.
  return static_cast<std::size_t>(std::count_if(
      line.begin(), line.end(), [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

std::string comments_of(std::string_view text) {
  std::string comments(text);
  const auto blank = [&](std::size_t first, std::size_t last) {
    for (std::size_t k = first; k < last; ++k) {
      if (comments[k] != '\n') comments[k] = ' ';
    }
  };
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_blank(text, i);
    const bool comment = end > i && text[i] == '/';
    if (!comment) blank(i, std::max(end, i + 1));
    i = std::max(end, i + 1);
  }
  return comments;
}

std::string without_comments(std::string_view text) {
  std::string code(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = end_of_blank(text, i);
    if (end == i) {
      ++i;
      continue;
    }
    const bool comment = text[i] == '/';
    // quotes stay, so that a literal is still seen to be one
    const std::size_t first = comment ? i : i + 1;
    const std::size_t last = comment ? end : end - 1;
    for (std::size_t k = first; k < last; ++k) {
      if (code[k] != '\n') code[k] = ' ';
    }
    i = end;
  }
  return code;
}

File make_file(std::string path, std::string_view text) {
  File file{.path = std::move(path), .lines = lines_of(text), .code = {}, .comments = {}};
  if (file.is_cpp()) {
    file.code = lines_of(without_comments(text));
    file.comments = lines_of(comments_of(text));
  }
  return file;
}

std::vector<Include> includes_of(const File& file) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
  std::vector<Include> includes;
  for (std::size_t i = 0; i < file.code.size(); ++i) {
    std::smatch match;
    if (file.code[i].find('#') == std::string::npos || !std::regex_search(file.lines[i], match, pattern)) continue;
    includes.push_back({static_cast<int>(i) + 1, match[2], match[1] == "\""});
  }
  return includes;
}

Tree read_tree(const fs::path& root) {
  Tree tree;
  for (const auto& top : fs::directory_iterator(root)) {
    const std::string name = top.path().filename().string();
    tree.top_entries.push_back(name);
    if (name == ".git" || name == "build") continue;
    std::vector<fs::path> paths;
    if (top.is_regular_file()) paths.push_back(top.path());
    if (top.is_directory()) {
      for (const auto& entry : fs::recursive_directory_iterator(top.path())) {
        if (entry.is_regular_file()) paths.push_back(entry.path());
      }
    }
    for (const fs::path& path : paths) {
      std::ifstream stream(path, std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(stream)), std::istreambuf_iterator<char>());
      tree.files.push_back(make_file(path.lexically_relative(root).generic_string(), text));
    }
  }
  std::sort(tree.files.begin(), tree.files.end(), [](const File& a, const File& b) { return a.path < b.path; });
  std::sort(tree.top_entries.begin(), tree.top_entries.end());
  return tree;
}

}  // namespace locus::tidy
