#include "sim/report/output.h"

#include "sim/model/files.h"

namespace locus {

void write_whole(const std::filesystem::path& path, const std::function<void(Output&)>& write) {
  NewFile file(path);
  Output output([&](std::string_view bytes) { file.append(bytes); });
  write(output);
  output.flush();
  file.put_in_place();
}

std::string text_of(const std::function<void(Output&)>& write) {
  std::string text;
  Output output([&](std::string_view bytes) { text += bytes; });
  write(output);
  output.flush();
  return text;
}

}  // namespace locus
