// kernel_text: a tile program as the C++ text of a kernel, for a compiler to make a RuleKernel of.
//
// Why: the interpreter stores what each operation gives and loads it again; a compiler keeps it in
// registers. The text has the same operations in the same order, and every rounding is one of R, so
// that the bits are those of the interpreter if no multiplication and addition are fused
// (-ffp-contract=off).
// What is printed: operations, and the indices of traces, numbers and registers. No name and no
// number of a model stands in it: numbers come with each call, so that rules that differ in their
// constants alone have one text, and no text of a model reaches a compiler.
// Cost: as many lines as the program has steps, twice.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/kernel/tile.h"

namespace locus {

/// The name of the function of a moment: "locus_tick", "locus_end".
std::string_view kernel_name(RuleMoment moment);

/// The operations of a program: those of its expressions and of the traces of its sources.
std::int64_t steps_of(const TileProgram& program);

/// The declarations that kernels of R need: the columns, and functions of one number.
template <class R>
std::string kernel_head();

/// The function of a moment, to stand behind the head.
std::string kernel_text(const TileProgram& program, RuleMoment moment);

}  // namespace locus
