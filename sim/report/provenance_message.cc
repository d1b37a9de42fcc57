#include "sim/report/result_message.h"

namespace locus {

void fill(const Provenance& from, v1::Provenance& to) {
  to.set_sha256(from.sha256);
  to.set_schema(from.schema);
  for (const InputFile& file : from.files) {
    v1::Provenance::File& written = *to.add_files();
    written.set_name(file.name);
    written.set_sha256(file.sha256);
  }
  to.mutable_options()->Add(from.options.begin(), from.options.end());
  to.set_level(from.level);
}

Provenance provenance_of(const v1::Provenance& message) {
  Provenance provenance = {.sha256 = message.sha256(),
                           .schema = message.schema(),
                           .files = {},
                           .options = {message.options().begin(), message.options().end()},
                           .level = message.level()};
  for (const v1::Provenance::File& file : message.files()) provenance.files.push_back({file.name(), file.sha256()});
  return provenance;
}

}  // namespace locus
