// Huge pages for memory that is about to be written from end to end: bringing in small pages takes longer than filling them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/column.h"

namespace locus {

/// Asks for huge pages under memory that has not been written yet: whole ones only, so that no more memory is taken than asked for. Where the kernel
/// refuses, pages stay small.
inline void ask_for_huge_pages([[maybe_unused]] void* begin, [[maybe_unused]] std::size_t bytes) {
#if defined(__linux__)
  const auto address = reinterpret_cast<std::uintptr_t>(begin);
  const std::uintptr_t first = (address + kHugePage - 1) / kHugePage * kHugePage;
  const std::uintptr_t last = (address + bytes) / kHugePage * kHugePage;
  if (first < last) madvise(static_cast<char*>(begin) + (first - address), last - first, MADV_HUGEPAGE);
#endif
}

}  // namespace locus
