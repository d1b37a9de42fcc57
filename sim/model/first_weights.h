// First weights of a network from the files of an earlier run, in place of those of the model.
//
// Every projection of the network gets weights of its own size and form, so that nothing is drawn
// and no connection is lost by mistake. A sparse projection takes its synapses, too. A student's
// teacher keeps its weights.
// Cost: the matrices, beside the bytes of the files.
#pragma once

#include <map>
#include <string>

#include "sim/model/spec.h"

namespace locus {

/// The bytes of a file of weights (.npy or .blocks) for each projection, by its name.
using WeightFiles = std::map<std::string, std::string>;

/// Replaces all weights of the spec's network. `source` is the name of the files in errors. Throws
/// ModelError if a projection is missing, is one too many, or has another size or form.
void take_first_weights(WeightFiles& files, const std::string& source, Spec& spec);

}  // namespace locus
