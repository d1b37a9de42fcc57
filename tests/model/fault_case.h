// Faults as a table: a model with one thing wrong, and where, about what field and with which words
// it must be told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/model/text_parts.h"

namespace locus {

/// The place of the fault is marked by @ in the text (the start of the file where there is none);
/// the mark is taken out before the text is loaded.
struct FaultCase {
  std::string name;
  std::function<void(ModelText&)> change;  // of the valid model
  std::string field;
  std::vector<std::string> words;  // that its description must hold
  bool warning = false;
};

/// Fails unless each model has exactly its one fault, `load` agrees with `validate`, and the field
/// exists in the schema.
void expect_faults(const std::vector<FaultCase>& cases);

/// Weights of W (3 x 3) in the form given, and W with dense, sparse or csr fields.
std::string w_with(const std::string& weights);
std::string dense_w(const std::string& inside);
std::string sparse_w(const std::string& inside);
std::string csr_w(const std::string& inside);
/// The three populations, with other words for the rate population.
std::string rate_population(const std::string& rec);
std::string recorded(const std::string& trials);

}  // namespace locus
