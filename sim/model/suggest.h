// "Did you mean": the nearest of the names that are known.
//
// Distance: edits of one character (insert, delete, replace, swap of neighbours; optimal string
// alignment), letter case apart. Cost: O(length of the one x length of the other) a candidate;
// names longer than a line are not compared.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace locus {

/// Edits between two names.
int edit_distance(std::string_view a, std::string_view b);

/// The nearest candidate if it is near enough to be meant (a third of its letters, at least one);
/// empty otherwise. The first of equally near ones.
std::string nearest(std::string_view name, std::span<const std::string> candidates);

/// "did you mean "leak"?" where one is near, otherwise "known here: activation, leak" (all of a
/// few, the first of many), or empty without candidates.
std::string suggestion(std::string_view name, std::span<const std::string> candidates);

}  // namespace locus
