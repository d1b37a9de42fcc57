#include "sim/model/field_path.h"

namespace locus {

FieldPath FieldPath::at(std::string_view name, int index) const {
  FieldPath path;
  path.steps_.reserve(steps_.size() + 1);
  path.steps_ = steps_;
  path.steps_.push_back({name, index});
  return path;
}

FieldPath FieldPath::whole() const {
  FieldPath path = *this;
  if (!path.steps_.empty()) path.steps_.back().index = -1;
  return path;
}

FieldPath FieldPath::element(std::size_t index) const {
  FieldPath path = *this;
  if (!path.steps_.empty()) path.steps_.back().index = static_cast<int>(index);
  return path;
}

std::string FieldPath::text() const {
  std::string text;
  for (const FieldStep& step : steps_) {
    if (!text.empty()) text += '.';
    text += step.name;
    if (step.index >= 0) text += "[" + std::to_string(step.index) + "]";
  }
  return text;
}

}  // namespace locus
