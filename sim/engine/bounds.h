// The least and the largest value that a sum of products can have.
#pragma once

#include <map>
#include <string>

#include "sim/engine/binding.h"

namespace locus {

/// The range of an atom: what is known of its name, else -1 .. 1, assumed.
Range range_of(const Atom& atom, const SumForm& form, const std::map<std::string, Range>& known);
/// By interval arithmetic over the ranges of its atoms.
Range range_of(const Sum& sum, const SumForm& form, const std::map<std::string, Range>& known);
/// Of a trace, from the fixed point of its next value; -1 .. 1, assumed, where it may grow.
Range range_of_trace(int trace, const SumForm& form, const std::map<std::string, Range>& known);

}  // namespace locus
