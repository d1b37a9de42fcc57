// A small student with a teacher, as the text of a model file, for the sweeps of this room.
#pragma once

#include <string>

#include <fmt/format.h>

namespace locus {

/// `head`: name and seed. Two inputs, `units` rate neurons, one readout; a teacher of four. `rest`:
/// training, rules and what else there is.
inline std::string student_text(const std::string& head, int units, const std::string& rest) {
  const auto network = [](int rate_neurons) {
    return fmt::format(R"(
  populations {{ name: "in"  size: 2 input {{}} }}
  populations {{ name: "rec" size: {} rate {{ activation: TANH leak: 0.5 }} }}
  populations {{ name: "out" size: 1 readout {{}} }}
  projections {{ name: "B" source: "in"  target: "rec" weights {{ gaussian {{ gain: 1 }} }} }}
  projections {{ name: "W" source: "rec" target: "rec" weights {{ gaussian {{ gain: 0.8 }} }} }}
  projections {{ name: "A" source: "rec" target: "out" weights {{ gaussian {{ gain: 1 }} }} }}
)",
                       rate_neurons);
  };
  return "# proto-file: proto/locus/v1/model.proto\n# proto-message: locus.v1.Model\n" + head + "\nnetwork {" +
         network(units) + "}\ntask { student_teacher { teacher {" + network(4) + "} } }\n" + rest;
}

}  // namespace locus
