// Huge pages for memory that is written from end to end, or walked through: small ones take longer
// to bring in than to fill, and a pass over many of them waits for addresses.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace locus {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;  // bytes

/// Asks for huge pages under memory that has not been written yet: whole ones only, so that no more
/// memory is taken than asked for. Where the kernel refuses, pages stay small.
inline void ask_for_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t last = (address + bytes) / kHugePage * kHugePage;
  if (first < last) madvise(static_cast<char*>(begin) + (first - address), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace locus
