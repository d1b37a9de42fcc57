// Level: the class of processors for which this library was compiled. Numbers of two levels may
// differ in their last bits, because they round sums of products differently.
#pragma once

#include <string_view>

namespace locus {

// "x86-64", "x86-64-v3" (AVX2), "x86-64-v4" (AVX-512); elsewhere "generic"
std::string_view level();

}  // namespace locus
