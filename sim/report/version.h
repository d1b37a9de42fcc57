// The version of this program: constants of the build that --version prints and every result
// contains.
//
// They have a header of their own because they change with every commit: only one small generated
// file (from version.cc.in) is then compiled again.
// Thread safety: constants.
#pragma once

#include <string_view>

namespace locus {

std::string_view version();  // "0.1.0", the version of the project
// 12 hex digits, followed by "-dirty" if the tree differed from the commit; "unknown" outside a git
// checkout
std::string_view commit();
std::string_view build_type();  // "Release, GNU 12.2.0": build type and compiler

}  // namespace locus
