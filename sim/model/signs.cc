#include "sim/model/signs.h"

namespace locus {

void give_sign(int sign, std::span<double> weights) {
  if (sign == 0) return;
  for (double& weight : weights) {
    if (!fits_sign(sign, weight)) weight = -weight;
  }
}

std::string_view sign_name(int sign) {
  if (sign == 0) return "ANY";
  return sign > 0 ? "NON_NEGATIVE" : "NON_POSITIVE";
}

std::string_view allowed_by_sign(int sign) {
  return sign > 0 ? "must be at least 0, since sign is NON_NEGATIVE" : "must be at most 0, since sign is NON_POSITIVE";
}

}  // namespace locus
