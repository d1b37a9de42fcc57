#include "sim/report/result_bytes.h"

#include "sim/report/read_result.h"
#include "sim/report/result_message.h"

namespace locus {

std::string result_bytes(const RunResult& result) {
  LentLists lists;
  const v1::Result message = result_message(result, lists, Extent::kWithoutWeights);
  return text_of([&](Output& to) { write_wire(message, lists, to); });
}

std::string result_bytes(const std::filesystem::path& path) { return read_result(path).SerializeAsString(); }

}  // namespace locus
