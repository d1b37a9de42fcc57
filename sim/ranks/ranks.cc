#include "sim/ranks/ranks.h"

#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "sim/model/errors.h"
#include "sim/ranks/rank_module.h"

namespace locus {
namespace {

/// The modules that a build may have made, by the launcher's MPI. srun starts processes of either.
std::vector<std::string> module_names(const Launch& launch) {
  if (launch.launcher == "mpirun") return {"liblocus_openmpi.so"};
  if (launch.launcher == "mpiexec") return {"liblocus_mpich.so"};
  return {"liblocus_openmpi.so", "liblocus_mpich.so"};
}

/// Folders that a module may be in: beside the libraries of a build, and of an installed tree.
std::vector<std::filesystem::path> module_folders() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const std::filesystem::path above = program.parent_path().parent_path();
  std::vector<std::filesystem::path> folders = {above / "lib"};
  for (const char* const library : {"lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"})
    folders.push_back(above / library / "locus");
  return folders;
}

std::vector<std::string> module_files(const Launch& launch) {
  if (const char* const given = std::getenv("LOCUS_MPI_MODULE"); given != nullptr && *given != '\0') return {given};
  std::vector<std::string> files;
  for (const std::string& name : module_names(launch)) {
    for (const std::filesystem::path& folder : module_folders()) {
      std::error_code error;
      if (std::filesystem::exists(folder / name, error)) files.push_back((folder / name).string());
    }
  }
  return files;
}

[[noreturn]] void refuse(const Launch& launch, const std::string& why) {
  throw UsageError(
      fmt::format("is started by {} as one of {} processes, but {}; install it, or start one process; with "
                  "--ranks off each is a run of its own",
                  launch.launcher, launch.ranks, why));
}

}  // namespace

Ranks::Ranks(const Launch& launch) {
  if (launch.ranks == 1) return;
  std::string why = "this locus has no MPI module for it";
  for (const std::string& file : module_files(launch)) {
    library_ = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library_ != nullptr) break;
    const char* const reason = ::dlerror();
    why = fmt::format("the MPI module cannot be opened ({})", reason != nullptr ? reason : file.c_str());
  }
  if (library_ == nullptr) refuse(launch, why);
  module_ = static_cast<const LocusRankModule*>(::dlsym(library_, kLocusRankModuleName));
  if (module_ == nullptr || module_->version != kLocusRankModuleVersion)
    refuse(launch, "the MPI module is of another version of locus");
  std::array<char, 256> reason{};
  void* const context = module_->start(reason.data(), reason.size());
  if (context == nullptr) refuse(launch, fmt::format("the MPI module does not start: {}", reason.data()));
  exchange_ = {context, module_->rank(context), module_->ranks(context), module_->share, module_->trade};
  if (exchange_.ranks == launch.ranks) return;
  const int found = exchange_.ranks;
  exchange_ = {};
  module_->finish(context);
  throw UsageError(
      fmt::format("is started by {} as one of {} processes, of which {} sees {}: the launcher is of another MPI; "
                  "with --ranks off each is a run of its own",
                  launch.launcher, launch.ranks, module_->family, found));
}

std::string Ranks::name() const {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return fmt::format("rank {} on {}", exchange_.rank, host.data());
}

std::string Ranks::family() const { return module_ != nullptr ? module_->family : ""; }

void Ranks::finish() {
  if (alone()) return;
  void* const context = exchange_.context;
  exchange_ = {};
  module_->finish(context);
}

void Ranks::end_all(int code) { module_->end_all(exchange_.context, code); }

}  // namespace locus
