#include <array>

#include "sim/cli/command.h"

namespace locus {

std::span<const Command* const> commands() {
  static constexpr std::array<const Command*, 14> kCommands = {
      &kRunCommand,     &kResumeCommand, &kSweepCommand,     &kValidateCommand, &kInfoCommand,
      &kConvertCommand, &kReportCommand, &kDiffCommand,      &kRulesCommand,    &kPlaceCommand,
      &kFitsCommand,    &kTheoryCommand, &kReproduceCommand, &kHelpCommand};
  return kCommands;
}

}  // namespace locus
