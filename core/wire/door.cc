#include "core/wire/door.h"

namespace locus {

Door::Door(Permit permit, int scalar_bytes) : permit_(permit), ledger_(scalar_bytes) {
  ledger_.reserve(permit.largest_lag);
}

}  // namespace locus
