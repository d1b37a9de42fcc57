// expect: no match for .operator==.
//
// A tick and a lane are both small numbers and must not be compared.
#include "core/base/id.h"

namespace locus {

#ifdef MUST_NOT_COMPILE
bool same = Tick{1} == Lane{1};
#else
bool same = Tick{1} == Tick{1};
#endif

}  // namespace locus
