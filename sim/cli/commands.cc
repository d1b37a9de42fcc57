#include <array>

#include "sim/cli/command.h"

namespace locus {

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 11> kCommands = {
      &kRunCommand,  &kSweepCommand, &kValidateCommand, &kInfoCommand,      &kConvertCommand, &kReportCommand,
      &kDiffCommand, &kRulesCommand, &kTheoryCommand,   &kReproduceCommand, &kHelpCommand};
  return kCommands;
}

}  // namespace locus
