// FieldPath: the path of a field from the root of its message:
// network.projections[1].weights.dense.values[7].
//
// Invariant: the names outlive the path (they are literals, names of descriptors, or words of a
// stored text).
// Cost: a copy for each step; paths are made only where a fault is possible, never for each value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace locus {

struct FieldStep {
  std::string_view name;
  // index in a repeated field, from 0; -1: the whole field, or a field that is not repeated
  int index = -1;
};

class FieldPath {
 public:
  FieldPath at(std::string_view name, int index = -1) const;
  const std::vector<FieldStep>& steps() const { return steps_; }
  /// The field without the index of its last step, which is the whole repeated field.
  FieldPath whole() const;
  /// One element of this repeated field.
  FieldPath element(std::size_t index) const;
  std::string text() const;

 private:
  std::vector<FieldStep> steps_;
};

}  // namespace locus
