#include "core/base/check.h"

namespace locus {

void check_failed(const char* condition, const char* file, int line, const std::string& why) {
  throw CheckFailure(std::string(file) + ":" + std::to_string(line) + ": CHECK(" + condition + ") failed: " + why);
}

}  // namespace locus
