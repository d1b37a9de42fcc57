#include "tests/tidy/scope.h"

#include <cctype>
#include <regex>

namespace locus::tidy {
namespace {

Opens classify(const std::string& head, bool after_body) {
  static const std::regex a_namespace(R"(^(inline )?namespace\b|^extern ")");
  static const std::regex a_type(R"(^(template ?<.*> ?)?(requires .*)?(typedef )?(class|struct|union|enum)\b)");
  static const std::regex attributes(R"(alignas\([^)]*\)|\[\[[^\]]*\]\])");
  if (std::regex_search(head, a_namespace)) return Opens::kNamespace;
  const std::string bare = std::regex_replace(head, attributes, "");
  const bool parameters = bare.find('(') != std::string::npos;
  if (!parameters && std::regex_search(bare, a_type)) return Opens::kType;
  if (head.ends_with('=')) return Opens::kInitialiser;
  // Braces of a constructor's member initialisers stand before its body, which is then all that is
  // left.
  return parameters || (head.empty() && after_body) ? Opens::kFunction : Opens::kInitialiser;
}

/// Walks the code once. `open_` are the scopes around the present character; within a function or
/// an initialiser only braces count.
class Reader {
 public:
  std::vector<Statement> read(const File& file) {
    bool continues = false;  // a preprocessor line that ended with a backslash
    for (std::size_t i = 0; i < file.code.size(); ++i) {
      line_ = static_cast<int>(i) + 1;
      const std::string& code = file.code[i];
      const std::size_t first = code.find_first_not_of(" \t");
      const bool directive = continues || (first != std::string::npos && code[first] == '#');
      continues = directive && code.ends_with('\\');
      if (directive) continue;
      for (const char character : code) take(character);
      take(' ');
    }
    return std::move(found_);
  }

 private:
  bool inside_body() const {
    return !open_.empty() &&
           (found_[open_.back()].opens == Opens::kFunction || found_[open_.back()].opens == Opens::kInitialiser);
  }

  void take(char character) {
    if (inside_body()) {
      if (character == '{') ++depth_;
      if (character == '}' && --depth_ == 0) close();
      return;
    }
    if (character == '(') ++parentheses_;
    if (character == ')') --parentheses_;
    if (parentheses_ == 0 && character == '{') return open();
    if (parentheses_ == 0 && character == '}') return close();
    if (parentheses_ == 0 && character == ';') return end();
    const bool space = std::isspace(static_cast<unsigned char>(character)) != 0;
    if (space && (head_.empty() || head_.back() == ' ')) return;
    if (head_.empty()) first_line_ = line_;
    head_ += space ? ' ' : character;
    if (head_ == "public:" || head_ == "private:" || head_ == "protected:") head_.clear();
  }

  Statement statement(Opens opens) {
    if (head_.ends_with(' ')) head_.pop_back();
    const bool in_type = !open_.empty() && found_[open_.back()].opens == Opens::kType;
    const int scope = open_.empty() ? -1 : static_cast<int>(open_.back());
    return {head_, in_type, scope, opens, head_.empty() ? line_ : first_line_, line_};
  }

  void open() {
    Statement opened = statement(Opens::kNothing);
    opened.opens = classify(opened.head, after_body_);
    found_.push_back(opened);
    open_.push_back(found_.size() - 1);
    depth_ = 1;
    head_.clear();
  }

  void close() {
    if (open_.empty()) return;
    found_[open_.back()].last_line = line_;
    after_body_ = found_[open_.back()].opens == Opens::kFunction;
    open_.pop_back();
    head_.clear();
  }

  void end() {
    if (!head_.empty()) found_.push_back(statement(Opens::kNothing));
    head_.clear();
    after_body_ = false;
  }

  std::vector<Statement> found_;
  std::vector<std::size_t> open_;  // indices into found_
  std::string head_;
  int first_line_ = 0;
  int line_ = 0;
  int depth_ = 0;        // braces within a function or an initialiser
  int parentheses_ = 0;  // outside of them
  bool after_body_ = false;
};

}  // namespace

std::vector<Statement> statements_of(const File& file) { return Reader().read(file); }

}  // namespace locus::tidy
