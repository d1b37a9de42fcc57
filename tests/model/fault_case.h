// Faults as a table: a model with one fault, and the expected place, field and words of its
// message.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/model/text_parts.h"

namespace locus {

/// The mark @ in the text is the place of the fault (without a mark, the start of the file); it is
/// removed before the text is loaded.
struct FaultCase {
  std::string name;
  std::function<void(ModelText&)> change;  // changes the valid model
  std::string field;
  std::vector<std::string> words;  // required in the description
  bool warning = false;
};

/// Fails unless each model has exactly its one fault, `load` agrees with `validate`, and the field
/// exists in the schema.
void expect_faults(const std::vector<FaultCase>& cases);

/// The model with these weights of W (3 x 3); they are dense, sparse or csr fields.
std::string w_with(const std::string& weights);
std::string dense_w(const std::string& inside);
std::string sparse_w(const std::string& inside);
std::string csr_w(const std::string& inside);
/// The three populations with another text for the rate population.
std::string rate_population(const std::string& rec);
std::string recorded(const std::string& trials);

}  // namespace locus
