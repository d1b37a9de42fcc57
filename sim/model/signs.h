// Signs of weights: Dale's law for one projection (Projection.sign of a model file).
#pragma once

#include <span>
#include <string_view>

namespace locus {

/// Makes drawn weights |w| (sign 1) or -|w| (sign -1); 0 leaves them.
void give_sign(int sign, std::span<double> weights);

/// True if a weight may stand in a projection of this sign; 0 may, in each.
constexpr bool fits_sign(int sign, double weight) { return sign == 0 || (sign > 0 ? !(weight < 0) : !(weight > 0)); }

/// "NON_NEGATIVE" for 1, as model files spell it.
std::string_view sign_name(int sign);
/// The weights that a sign allows, in words: "must be at least 0, since sign is NON_NEGATIVE".
std::string_view allowed_by_sign(int sign);

}  // namespace locus
