// KernelLibrary: the kernels of a rule that the model writes itself, compiled and loaded.
//
// The text is made from the parsed expressions (core/kernel/kernel_text.h) and holds no word of a
// model. Its SHA-256 with that of compiler and flags is the key under which the library is kept
// (kernel_folder.h), so that a rule is compiled once a user and machine. Two processes that compile
// one text at a time leave the same file.
// Cost: 0.1 to 0.5 s for a new rule; a hash and an open file for one that is kept.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "core/expression/local_rule.h"
#include "core/kernel/tile.h"
#include "sim/compile/compile.h"

namespace locus {

/// More steps than these are left to the interpreter: compilers would take minutes.
inline constexpr std::int64_t kMostKernelSteps = 2000;

/// Owns the code that its kernels point to.
class KernelLibrary {
 public:
  KernelLibrary() = default;
  ~KernelLibrary();
  KernelLibrary(KernelLibrary&& other) noexcept { *this = std::move(other); }
  KernelLibrary& operator=(KernelLibrary&& other) noexcept;

  bool is_loaded() const { return handle_ != nullptr; }
  /// Of the R for which it was loaded.
  template <class R>
  RuleKernels<R> kernels() const {
    RuleKernels<R> all;
    for (std::size_t i = 0; i < functions_.size(); ++i)
      all.by_moment[i] = reinterpret_cast<RuleKernel<R>>(functions_[i]);
    return all;
  }

 private:
  friend std::string load_library(const std::string& path, bool has_end, KernelLibrary& library);

  void* handle_ = nullptr;
  std::array<void*, 2> functions_{};  // by moment
};

/// The kernels of a rule, or why there are none.
struct KernelAttempt {
  KernelLibrary library;
  std::string fault;  // empty: the library is loaded
};

/// Loads the kernels of a rule for R, after compiling them if they are not kept. `dt` in ms,
/// `ticks` of a trial. `folder` as CompileOptions. Thread-safe.
template <class R>
KernelAttempt kernels_of(const LocalRule& rule, double dt, double ticks, const std::filesystem::path& folder = {});

/// The text of both moments for R: what the compiler gets. Empty: more than kMostKernelSteps.
template <class R>
std::string kernel_source(const LocalRule& rule, double dt, double ticks);

}  // namespace locus
