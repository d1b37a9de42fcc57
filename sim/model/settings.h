// Setting: one field of a model with a value from outside, "path=value", set before the model is
// read (load.h).
//
// A path names fields as faults do: training.learning_rate, network.populations[1].rate.leak,
// rules[2].tbptt.depth. Brackets contain an index from 0, or the name of the element:
// rules[tbptt].tbptt.depth. The field must be a single number, word, truth value or name. A missing
// message on the path is made, unless it belongs to a choice with another value: the path then does
// not fit this model.
// Errors: UsageError with the nearest correct field. The readers of the model check the value.
#pragma once

#include <string>
#include <string_view>

namespace locus {

struct Setting {
  std::string path;   // training.learning_rate
  std::string value;  // 0.01
  std::string text() const { return path + "=" + value; }
};

/// Splits "path=value". Throws UsageError if there is no '=', or nothing before or after it.
Setting setting_of(std::string_view text);

}  // namespace locus
