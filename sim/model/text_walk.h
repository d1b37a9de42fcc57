// A walk over a model's text, statement by statement, that knows where each one stands.
//
// Why: protobuf's parser keeps the place of a statement, not that of one number in `values: [1, 2,
// 3]`, and keeps it for all of them in memory. Places are needed only for what is wrong, so the
// text is walked again, once, for all faults of a file. The walk expects what the parser has
// accepted; it ends without harm on anything else. Names are views into the text. Cost: one pass
// over the bytes; the depth of the stack is the depth of the text, see `nesting`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/model/field_path.h"

namespace locus {

/// A place in a text.
struct TextPlace {
  int line = 0;            // counted from 1
  int column = 0;          // as a terminal shows the line, counted from 1; a tab counts 1
  std::size_t offset = 0;  // bytes from the start of the text
  std::size_t begin = 0;   // of the line, bytes from the start of the text
};

/// A statement `name: value` or `name { ... }`.
struct Statement {
  FieldPath path;            // of the value around the byte; without an index at a list's name
  std::size_t begin = 0;     // bytes from the start of the text: its name
  std::size_t end = 0;       // after its value
  bool has_message = false;  // whether `{` or `<` is in its value
  bool found = false;
};

/// The deepest nesting of brackets in a text: to be asked before anything recursive reads it. Stops
/// counting at `limit`.
int nesting(std::string_view text, int limit);

/// The innermost bracket that the text opens and never closes.
std::optional<std::size_t> unclosed(std::string_view text);

/// The place of each field (bytes from the start of the text): its name, or for an element of a
/// list its value. A field that is not in the text has the place of the nearest one around it, and
/// one without any is at 0. In the order of `paths`; one walk for all.
std::vector<std::size_t> locate(std::string_view text, const std::vector<FieldPath>& paths);

/// The innermost statement around each byte; not found between the statements of the file. In the
/// order of `offsets`; one walk for all.
std::vector<Statement> statements_at(std::string_view text, const std::vector<std::size_t>& offsets);

/// Lines and columns of bytes of the text, in the order given; one pass for all.
std::vector<TextPlace> places_of(std::string_view text, const std::vector<std::size_t>& offsets);

}  // namespace locus
