# Writes the files of a folder of engines as texts of the library. Run with -DFOLDER=... -DOUTPUT=...
file(GLOB engines ${FOLDER}/*.txtpb)
list(SORT engines)
set(rows "")
set(count 0)
foreach(engine IN LISTS engines)
  get_filename_component(name ${engine} NAME_WE)
  file(READ ${engine} text)
  string(APPEND rows "    {\"${name}\", R\"engine(${text})engine\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE ${OUTPUT} "#include \"sim/model/shipped_engines.h\"\n\n#include <array>\n\nnamespace locus {\n\n"
  "std::span<const ShippedEngine> shipped_engines() {\n"
  "  static constexpr std::array<ShippedEngine, ${count}> kEngines = {{\n${rows}  }};\n  return kEngines;\n}\n\n}  // namespace locus\n")
