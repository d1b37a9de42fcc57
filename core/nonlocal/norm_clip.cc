#include "core/nonlocal/norm_clip.h"

#include <algorithm>
#include <cmath>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"

namespace locus {

template <class R>
NormClip<R>::NormClip(double bound, std::int32_t lanes)
    : bound_(static_cast<R>(bound)), cells_(static_cast<std::size_t>(lanes), R(0)) {}

template <class R>
template <TransportOf<R> T>
void NormClip<R>::clip(T& transport, R scale) {
  std::ranges::fill(cells_, R(0));
  transport.deliver(phase::Squares<R>{scale, cells_.data()});
  for (R& cell : cells_) {
    const R norm = std::sqrt(cell);
    cell = norm > bound_ ? bound_ / norm : R(1);
  }
  transport.deliver(phase::Factors<R>{cells_.data()});
}

template class NormClip<double>;
template class NormClip<float>;
template void NormClip<double>::clip(Mailbox<double>&, double);
template void NormClip<double>::clip(Columns<double>&, double);
template void NormClip<float>::clip(Mailbox<float>&, float);
template void NormClip<float>::clip(Columns<float>&, float);

}  // namespace locus
