// The laws of the house that a text can show broken. Each check takes the tree and returns every
// place where it is.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "tests/tidy/tree.h"

namespace locus::tidy {

using Faults = std::vector<Fault>;

// arrows.cc: who may include whom
Faults check_arrows(const Tree& tree);        // between rooms, and who sees generated code
Faults check_dependencies(const Tree& tree);  // which room may see which library
// a source includes its own header first, which proves that the header compiles alone
Faults check_own_header(const Tree& tree);

// the rooms that the library's one header reaches
Faults check_front_door(const Tree& tree);
// every room has a row in the tables of rooms
Faults check_rooms_table(const Tree& tree);

// code.cc: what code may not do
// libraries never print and never end the process; one catch in the command line
Faults check_silence(const Tree& tree);
Faults check_macros(const Tree& tree);       // CHECK is the only one
Faults check_inheritance(const Tree& tree);  // none in core but exceptions
// nothing mutable outside a function, no hidden state within one
Faults check_globals(const Tree& tree);
Faults check_shared_ptr(const Tree& tree);

// shape.cc: sizes and headers
// files under 400 lines, lines of at most 150 columns
Faults check_file_size(const Tree& tree);
Faults check_function_size(const Tree& tree);  // functions under 70 lines
// begin with what they are; #pragma once; no `using namespace`
Faults check_headers(const Tree& tree);

Faults check_class_size(const Tree& tree);  // classes of at most 30 member functions

// comments.cc: what comments and pages may say
Faults check_comment_width(const Tree& tree);  // lines with a comment: at most 100 columns
Faults check_named_files(const Tree& tree);    // every file that a comment names exists
// every link of a page, and every path that it quotes, leads somewhere
Faults check_links(const Tree& tree);

// ids.cc: casts of strong ids to an index may only become fewer
Faults check_id_casts(const Tree& tree);

// layout.cc: what lies where
Faults check_top_level(const Tree& tree);
Faults check_places(const Tree& tree);  // every source lies where a target takes it from
// every header is included by somebody else than its own source
Faults check_dead_headers(const Tree& tree);
// every file of tests/data and of a corpus belongs to a test
Faults check_dead_data(const Tree& tree);
Faults check_words(const Tree& tree);   // no leftovers, no places on somebody's machine
Faults check_models(const Tree& tree);  // open by saying their schema and what they show

struct Check {
  std::string_view name;
  Faults (*run)(const Tree& tree);
};

inline constexpr std::array kChecks = std::to_array<Check>({
    {"arrows", check_arrows},
    {"dependencies", check_dependencies},
    {"own_header", check_own_header},
    {"front_door", check_front_door},
    {"rooms_table", check_rooms_table},
    {"silence", check_silence},
    {"macros", check_macros},
    {"inheritance", check_inheritance},
    {"globals", check_globals},
    {"shared_ptr", check_shared_ptr},
    {"file_size", check_file_size},
    {"function_size", check_function_size},
    {"headers", check_headers},
    {"class_size", check_class_size},
    {"comment_width", check_comment_width},
    {"named_files", check_named_files},
    {"links", check_links},
    {"id_casts", check_id_casts},
    {"top_level", check_top_level},
    {"places", check_places},
    {"dead_headers", check_dead_headers},
    {"dead_data", check_dead_data},
    {"words", check_words},
    {"models", check_models},
});

}  // namespace locus::tidy
