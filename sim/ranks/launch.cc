#include "sim/ranks/launch.h"

#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "sim/model/errors.h"

namespace locus {
namespace {

constexpr std::int64_t kMostParts = 1'000'000'000;

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<std::int64_t> number_of(Environment environment, const char* name) {
  const char* const text = environment(name);
  return text == nullptr ? std::nullopt : number_in(text);
}

/// The variables of one launcher.
struct Variables {
  std::string_view launcher;
  const char* rank;
  const char* ranks;
  const char* ranks_here;
};
constexpr Variables kLaunchers[] = {
    {"mpirun", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"},
    {"mpiexec", "PMI_RANK", "PMI_SIZE", "MPI_LOCALNRANKS"},
    // SLURM_NTASKS is also that of a script which srun has not started; this one is not.
    {"srun", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE"},
};

/// The place of this process in a job array: from 0, of how many.
std::optional<WorkPart> part_of_array(Environment environment) {
  const auto number = number_of(environment, "SLURM_ARRAY_TASK_ID");
  const auto count = number_of(environment, "SLURM_ARRAY_TASK_COUNT");
  if (!number || !count || *count < 1) return std::nullopt;
  if (*count == 1) return WorkPart{.index = 0, .count = 1, .source = "a job array"};
  const std::int64_t first = number_of(environment, "SLURM_ARRAY_TASK_MIN").value_or(0);
  const std::int64_t last = number_of(environment, "SLURM_ARRAY_TASK_MAX").value_or(first + *count - 1);
  const std::int64_t span = last - first;
  const std::int64_t step = span / (*count - 1);
  const bool even = step >= 1 && step * (*count - 1) == span && (*number - first) % step == 0;
  if (!even || *number < first || *number > last || *count > kMostParts)
    throw UsageError(
        fmt::format("job {} is one of an array of {} from {} to {}, whose numbers do not follow at equal steps; "
                    "--part K/N must say which part this job does",
                    *number, *count, first, last));
  return WorkPart{.index = (*number - first) / step, .count = *count, .source = "a job array"};
}

}  // namespace

Launch launch_of(Environment environment) {
  for (const Variables& names : kLaunchers) {
    const auto rank = number_of(environment, names.rank);
    const auto ranks = number_of(environment, names.ranks);
    if (!rank || !ranks || *rank < 0 || *rank >= *ranks || *ranks > kMostParts) continue;
    Launch launch{.rank = *rank, .ranks = *ranks, .launcher = names.launcher};
    if (const char* const here = environment(names.ranks_here)) {
      // Slurm writes "2(x3),1": two on each of three machines, one on the fourth.
      const std::string_view text = here;
      const auto count = number_in(text.substr(0, text.find_first_of("(,")));
      if (count && *count >= 1 && *count <= *ranks) launch.ranks_here = *count;
    }
    return launch;
  }
  return {};
}

Launch present_launch() {
  return launch_of([](const char* name) -> const char* { return std::getenv(name); });
}

std::optional<WorkPart> present_part() {
  return work_part_of(Environment([](const char* name) -> const char* { return std::getenv(name); }));
}

std::optional<WorkPart> work_part_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto index = number_in(text.substr(0, slash));
  const auto count = number_in(text.substr(slash + 1));
  if (!index || !count || *index < 0 || *index >= *count || *count > kMostParts) return std::nullopt;
  return WorkPart{.index = *index, .count = *count};
}

std::optional<WorkPart> work_part_of(Environment environment) {
  const std::optional<WorkPart> job = part_of_array(environment);
  const Launch launch = launch_of(environment);
  if (launch.ranks == 1) return job;
  if (!job || job->count == 1) return WorkPart{.index = launch.rank, .count = launch.ranks, .source = launch.launcher};
  return WorkPart{.index = job->index * launch.ranks + launch.rank,
                  .count = job->count * launch.ranks,
                  .source = "a job array and its launcher"};
}

}  // namespace locus
