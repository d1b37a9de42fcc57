// locus validate: lists all faults of all files.
#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/model/characters.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/model/wire.h"
#include "sim/place/core_memory.h"
#include "sim/place/placement.h"

namespace locus {
namespace {

std::string counted(std::ptrdiff_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

class ValidateInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override { app.add_option("MODEL", models_, "model files (.txtpb, .binpb)")->required(); }

  Exit execute(const Console& console) override {
    Exit code = Exit::kDone;
    for (const std::string& model : models_) {
      std::string why;
      const std::optional<std::string> bytes = read_file_if_readable(model, why);
      if (!bytes) {
        console.err << fmt::format("locus validate: {}\n", printable(why));
        code = std::max(code, Exit::kFailed);
        continue;
      }
      std::vector<Fault> faults = validate_bytes(*bytes, model);
      if (!has_error(faults)) {  // a placement needs a valid model
        std::vector<Fault> told;
        const Spec spec = load_bytes(*bytes, model, told);
        if (spec.chip) {
          if (auto lack = lack_on_chip(spec, topology_of(spec, Listing::kSparse), model)) faults.push_back(*lack);
        }
      }
      const auto errors = std::ranges::count(faults, Severity::kError, &Fault::severity);
      const std::ptrdiff_t warnings = std::ssize(faults) - errors;
      const std::string besides = warnings == 0 ? "" : ", " + counted(warnings, "warning");
      if (errors == 0) {
        console.out << fmt::format("{}: valid{}\n", printable(model), besides) << std::flush;
      } else {
        console.err << fmt::format("{}: invalid: {}{}\n", printable(model), counted(errors, "error"), besides);
        code = Exit::kInvalid;
      }
      for (const Fault& fault : faults) console.err << describe(fault) << '\n';
    }
    return code;
  }

 private:
  std::vector<std::string> models_;
};

}  // namespace

constexpr Command kValidateCommand = {
    .name = "validate",
    .arguments = "MODEL...",
    .summary = "list every fault of every model file: where, what, and what is allowed",
    .example = "locus validate models/*.txtpb",
    .details =
        "Lines and columns count from 1 and are given where the file is text. Warnings name what is legal and hardly meant.",
    .make = [] { return std::unique_ptr<Invocation>(new ValidateInvocation); },
    .in_copies = true,
};

}  // namespace locus
