# Writes OUTPUT, a source file that holds the model files of FOLDER. Run by the build where one of them has changed (cmake -P).
file(GLOB files ${FOLDER}/*.txtpb)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................................................)" "\\1\n" lines "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" lines "${lines}")
  string(REGEX REPLACE "([^\n]+)" "     \"\\1\"" lines "${lines}")
  string(APPEND entries "    {\"${name}\",\n${lines}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from models/rules.
#include \"sim/model/shipped_rules.h\"

namespace locus {

std::span<const ShippedFile> shipped_rule_files() {
  static constexpr ShippedFile kFiles[] = {
${entries}  };
  return kFiles;
}

}  // namespace locus
")
