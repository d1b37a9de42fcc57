#include "sim/run/given_weights.h"

#include <cmath>

#include <fmt/format.h>

#include "sim/model/signs.h"
#include "sim/run/session.h"

namespace locus {

void expect_weights(const Projection& projection, std::span<const double> values) {
  const auto size = static_cast<std::size_t>(projection.places());
  if (values.size() != size) {
    throw ArgumentError(fmt::format("set_weights() got {} numbers of {}; must be {}, as weights() gives them",
                                    values.size(), projection.name, size));
  }
  const auto side = static_cast<std::size_t>(projection.source_size);
  for (std::size_t k = 0; k < size; ++k) {
    const auto refuse = [&](std::string_view allowed) {
      throw ArgumentError(fmt::format("set_weights(): number {} of {} is {}; {}", k, projection.name, values[k], allowed));
    };
    if (!std::isfinite(values[k])) refuse("must be finite");
    const bool means_nothing = projection.hollow && k / side == k % side;
    const int sign = projection.limits.sign;
    if (!means_nothing && !fits_sign(sign, values[k])) refuse(allowed_by_sign(sign));
  }
}

}  // namespace locus
