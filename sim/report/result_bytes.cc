#include "sim/report/result_bytes.h"

#include "sim/report/result_message.h"

namespace locus {

std::string result_bytes(const RunResult& result) {
  LentLists lists;
  const v1::Result message = result_message(result, lists, Extent::kWithoutWeights);
  return text_of([&](Output& to) { write_wire(message, lists, to); });
}

}  // namespace locus
