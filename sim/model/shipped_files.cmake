# Writes OUTPUT, a source file in which a function holds the model files of a folder of models: shipped_FOLDER() those of models/FOLDER.
# Run by the build where one of them has changed (cmake -P), with -DMODELS=... -DFOLDER=... -DOUTPUT=...
file(GLOB files ${MODELS}/${FOLDER}/*.txtpb)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} hex HEX)
  string(REGEX REPLACE "(................................................................)" "\\1\n" lines "${hex}")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" lines "${lines}")
  string(REGEX REPLACE "([^\n]+)" "     \"\\1\"" lines "${lines}")
  string(APPEND entries "    {\"${name}\",\n${lines}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from models/${FOLDER}.
#include \"sim/model/shipped_files.h\"

namespace locus {

std::span<const ShippedFile> shipped_${FOLDER}() {
  static constexpr ShippedFile kFiles[] = {
${entries}  };
  return kFiles;
}

}  // namespace locus
")
