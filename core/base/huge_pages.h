// Huge pages for large memory that is written or read from end to end. With small pages, the page
// faults take longer than the writing, and a pass over many pages waits for address translation.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace locus {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;  // bytes

/// Requests huge pages for memory that has not been written yet. Only whole huge pages are
/// requested, so that no additional memory is taken. If the kernel refuses, the pages stay small.
inline void ask_for_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t last = (address + bytes) / kHugePage * kHugePage;
  if (first < last) madvise(static_cast<char*>(begin) + (first - address), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace locus
