// Setting: one field of a model set from outside, "path=value", before the model is read (load.h).
//
// A path names fields as faults do: training.learning_rate, network.populations[1].rate.leak,
// rules[2].tbptt.depth. In brackets stands an index that counts from 0, or the element's name:
// rules[tbptt].tbptt.depth. What is set must be a single number, word, truth value or name; a
// message on the way is made where it is missing, unless it is one of a choice in which another is
// given: then the path does not mean this model. Errors: UsageError, naming the nearest right
// field. Whether the value is allowed is for the readers of the model to say.
#pragma once

#include <string>
#include <string_view>

namespace locus {

struct Setting {
  std::string path;   // training.learning_rate
  std::string value;  // 0.01
  std::string text() const { return path + "=" + value; }
};

/// "path=value" in its two parts. Throws UsageError where there is no '=' or nothing before or
/// behind it.
Setting setting_of(std::string_view text);

}  // namespace locus
