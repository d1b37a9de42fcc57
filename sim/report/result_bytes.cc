#include "sim/report/result_bytes.h"

#include "sim/report/result_message.h"

namespace locus {

std::string result_bytes(const RunResult& result) {
  return result_message(result, {}, Extent::kWithoutWeights).SerializeAsString();
}

}  // namespace locus
