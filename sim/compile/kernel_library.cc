#include "sim/compile/kernel_library.h"

#include <dlfcn.h>
#include <fstream>
#include <system_error>

#include "core/kernel/kernel_text.h"
#include "sim/compile/compiler.h"
#include "sim/compile/kernel_folder.h"
#include "sim/model/sha256.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// Removes a folder with all that is in it.
class WorkFolder {
 public:
  explicit WorkFolder(fs::path path) : path_(std::move(path)) {}
  ~WorkFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string key_of(const std::string& source, const Compiler& compiler) {
  std::string all = compiler.identity;
  for (const std::string& flag : compiler_flags()) all += "\n" + flag;
  return sha256(all + "\n\n" + source);
}

/// Compiles the source and keeps the library. Returns why it could not.
std::string make(const std::string& source, const std::string& key, const Compiler& compiler, KernelFolder& folder) {
  const fs::path path = folder.new_work_folder();
  if (path.empty()) return folder.fault();
  const WorkFolder work(path);
  std::ofstream file(work / "kernel.cc", std::ios::binary);
  file << source;
  file.close();
  if (!file) return "the text of the rule could not be written to " + path.string();
  std::string fault = compile(compiler, work / "kernel.cc", work / "kernel.so", work / "messages");
  if (!fault.empty()) return fault + " (" + compiler.program.string() + ")";
  return folder.keep(work / "kernel.so", key);
}

}  // namespace

KernelLibrary::~KernelLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

KernelLibrary& KernelLibrary::operator=(KernelLibrary&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(functions_, other.functions_);
  return *this;
}

/// Opens a library. Returns why it could not.
std::string load_library(const std::string& path, bool has_end, KernelLibrary& library) {
  KernelLibrary opened;
  opened.handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (opened.handle_ == nullptr) return "the compiled rule could not be loaded from " + path;
  for (const RuleMoment moment : {RuleMoment::kTick, RuleMoment::kEnd}) {
    if (moment == RuleMoment::kEnd && !has_end) continue;
    void* const function = dlsym(opened.handle_, std::string(kernel_name(moment)).c_str());
    if (function == nullptr) return path + " is not a compiled rule";
    opened.functions_[static_cast<std::size_t>(moment)] = function;
  }
  library = std::move(opened);
  return "";
}

template <class R>
std::string kernel_source(const LocalRule& rule, double dt, double ticks) {
  const TileProgram tick(rule, dt, ticks, RuleMoment::kTick);
  const TileProgram end(rule, dt, ticks, RuleMoment::kEnd);
  if (steps_of(tick) + steps_of(end) > kMostKernelSteps) return "";
  std::string text = kernel_head<R>() + kernel_text(tick, RuleMoment::kTick);
  if (!rule.ends.empty()) text += kernel_text(end, RuleMoment::kEnd);
  return text;
}

template <class R>
KernelAttempt kernels_of(const LocalRule& rule, double dt, double ticks, const fs::path& folder) {
  KernelAttempt attempt;
  const std::string source = kernel_source<R>(rule, dt, ticks);
  if (source.empty()) {
    attempt.fault = "the rule has more than " + std::to_string(kMostKernelSteps) + " operations";
    return attempt;
  }
  const auto compiler = find_compiler();
  if (!compiler) {
    attempt.fault = "no compiler (c++, g++, clang++) is in an absolute folder of PATH";
    return attempt;
  }
  KernelFolder kept(folder);
  attempt.fault = kept.fault();
  if (!attempt.fault.empty()) return attempt;
  const std::string key = key_of(source, *compiler);
  if (!kept.holds(key)) attempt.fault = make(source, key, *compiler, kept);
  if (attempt.fault.empty() && !kept.holds(key)) attempt.fault = "the compiled rule was changed while it was made";
  if (attempt.fault.empty())
    attempt.fault = load_library(kept.file_of(key).string(), !rule.ends.empty(), attempt.library);
  return attempt;
}

template std::string kernel_source<double>(const LocalRule& rule, double dt, double ticks);
template std::string kernel_source<float>(const LocalRule& rule, double dt, double ticks);
template KernelAttempt kernels_of<double>(const LocalRule& rule, double dt, double ticks, const fs::path& folder);
template KernelAttempt kernels_of<float>(const LocalRule& rule, double dt, double ticks, const fs::path& folder);

}  // namespace locus
