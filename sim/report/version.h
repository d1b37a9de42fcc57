// Which program this is: baked in when it is built, printed by --version and written into every
// result.
//
// Why a header of its own: the values change with every commit, and only one small generated file
// (from version.cc.in) is compiled again then. Thread safety: constants.
#pragma once

#include <string_view>

namespace locus {

std::string_view version();  // "0.1.0", the project's version
// 12 hex digits, "-dirty" behind them if the tree differed from it; "unknown" outside a git
// checkout
std::string_view commit();
std::string_view build_type();  // "Release", with the compiler: "Release, GNU 12.2.0"

}  // namespace locus
