// FieldPath: which field of a message, from its root:
// network.projections[1].weights.dense.values[7].
//
// Invariant: names outlive the path (they are literals, descriptors' names, or words of a text that
// is kept). Cost: a copy per step; paths are made where a fault may be told, never once a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace locus {

struct FieldStep {
  std::string_view name;
  // of a repeated field, counted from 0; -1: the field as a whole, or no repeated one
  int index = -1;
};

class FieldPath {
 public:
  FieldPath at(std::string_view name, int index = -1) const;
  const std::vector<FieldStep>& steps() const { return steps_; }
  /// The same field without the index of its last step: the whole of a repeated field.
  FieldPath whole() const;
  /// One element of the repeated field that this is.
  FieldPath element(std::size_t index) const;
  std::string text() const;

 private:
  std::vector<FieldStep> steps_;
};

}  // namespace locus
