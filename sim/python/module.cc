#include "sim/python/module.h"

#include "core/base/level.h"
#include "sim/report/version.h"

PYBIND11_MODULE(_core, module) {
  using namespace locus;
  module.doc() = "The library locus; the package locus is what to use.";
  module.attr("version") = std::string(version());
  module.attr("commit") = std::string(commit());
  module.attr("level") = std::string(level());
  python::bind_errors(module);
  python::bind_spec(module);
  python::bind_model(module);
  python::bind_engine(module);
  python::bind_result(module);
  python::bind_run(module);
  python::bind_session(module);
  python::bind_theory(module);
}
