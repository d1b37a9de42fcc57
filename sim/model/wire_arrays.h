// Large arrays of a model in protobuf's wire form, decoded from its bytes straight into the vectors
// that the model keeps.
//
// Why: otherwise the file, protobuf's arrays and the model's stand in memory one after the other,
// and bringing in each takes longer than reading the file. What is left of the bytes, small without
// them, is protobuf's to read, and so is what is wrong with it. Only packed arrays of matrices
// (Matrix, SparseMatrix, CsrMatrix) are taken, each where it stands once; wherever the bytes are
// not as every writer makes them (an array in several parts, a message given twice, which protobuf
// joins), nothing is taken. Cost: one pass over the arrays; all else is copied once. Internal to
// sim/model.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/model/field_path.h"

namespace google::protobuf {
class Descriptor;
}

namespace locus {

class WireArrays {
 public:
  /// Takes the large arrays out of a message of type `root`. Returns the bytes of the same message
  /// without them, or nothing (and takes nothing).
  std::optional<std::string> take_from(std::string_view bytes, const google::protobuf::Descriptor& root);

  /// The array of a field, if it was taken; it is given away once.
  template <class T>
  std::optional<std::vector<T>> give(const FieldPath& where) {
    if (arrays_.empty()) return std::nullopt;
    const auto found = arrays_.find(where.text());
    if (found == arrays_.end()) return std::nullopt;
    std::vector<T> values = std::move(std::get<std::vector<T>>(found->second));
    arrays_.erase(found);
    return values;
  }

 private:
  using Array = std::variant<std::vector<double>, std::vector<std::int32_t>, std::vector<std::int64_t>>;

  std::map<std::string, Array> arrays_;  // by the field's path

  friend class WireCut;
};

}  // namespace locus
