#include "sim/cli/compile_option.h"

#include <cstdlib>
#include <string_view>

#include "sim/cli/options.h"

namespace locus {

void CompileOption::declare(CLI::App& app) {
  app.add_option(
         "--compile", choice_,
         "whether rules that the model writes itself become code by this machine's compiler, auto|never|always: where "
         "they have enough to do and there is a compiler (default), none is started, or it is an error if one cannot be; "
         "results are the same. LOCUS_COMPILE=never in the environment forbids it for all commands")
      ->type_name("WHEN")
      ->check(one_of({"auto", "never", "always"}), "");
}

CompileOptions CompileOption::options() const {
  const char* const variable = std::getenv("LOCUS_COMPILE");
  const bool forbidden = variable != nullptr && std::string_view(variable) == "never";
  if (forbidden || choice_ == "never") return {.compile = Compile::kNever};
  return {.compile = choice_ == "always" ? Compile::kAlways : Compile::kAuto};
}

}  // namespace locus
