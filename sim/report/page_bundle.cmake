# Writes OUTPUT, a source file that holds the bytes of BUNDLE. Run by the build where the bundle has changed (cmake -P).
file(READ ${BUNDLE} hex HEX)
string(REGEX REPLACE "(................................................................)" "\\1\n" lines "${hex}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "\\\\x\\1" lines "${lines}")
string(REGEX REPLACE "([^\n]+)" "    \"\\1\"" lines "${lines}")
file(WRITE ${OUTPUT} "// Generated from sim/report/page/dist/page.html.
#include \"sim/report/page.h\"

namespace locus {

std::string_view page_bundle() {
  static constexpr char kBytes[] =
${lines};
  return {kBytes, sizeof kBytes - 1};
}

}  // namespace locus
")
