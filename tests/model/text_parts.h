// A small valid model as text, in parts that a test can replace.
#pragma once

#include <string>

namespace locus {

/// The parts of a small valid model as text: two inputs, three rate neurons, one readout, one
/// recorded trial of two ticks, BPTT. A test replaces the parts of its interest.
struct ModelText {
  std::string head = "name: \"tiny\"";
  std::string populations =
      "populations { name: \"in\" size: 2 input {} } populations { name: \"rec\" size: 3 rate {} } populations { name: \"out\" size: 1 readout {} }";
  std::string b = "projections { name: \"B\" source: \"in\" target: \"rec\" weights { constant { value: 0.5 } } }";
  std::string w = "projections { name: \"W\" source: \"rec\" target: \"rec\" weights { gaussian { gain: 0.8 } } }";
  std::string a =
      "projections { name: \"A\" source: \"rec\" target: \"out\" weights { dense { rows: 1 cols: 3 values: [1, 2, 3] } } }";
  std::string task =
      "task { recorded { trials { input { rows: 2 cols: 2 values: [1, 2, 3, 4] } target { rows: 2 cols: 1 values: [1, 2] } } } }";
  std::string training = "training { learning_rate: 0.1 }";
  std::string rules = "rules { name: \"bptt\" bptt {} }";
  std::string more;
  std::string whole;  // replaces all of the above unless empty

  std::string text() const;
};

}  // namespace locus
