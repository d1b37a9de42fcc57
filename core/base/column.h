// Column<T>: one field of all actors of a kind, contiguous and 64-byte aligned (structure of arrays).
//
// Why: a delivery touches one field of many actors; whole cache lines of it are useful, and the compiler vectorises over them.
// Columns of some megabytes ask for huge pages (as Linux gives them to those who ask), for a pass over many of them would wait for addresses.
// Invariant: sized once, when the network is built; nothing in a trial allocates (std::vector with an aligned allocator, never grown after build).
// Thread safety: none of its own; two threads may write disjoint ranges.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace locus {

inline constexpr std::size_t kColumnAlignment = 64;              // bytes: one cache line, one AVX-512 register
inline constexpr std::size_t kHugePage = std::size_t{2} << 20U;  // bytes

/// Where a column of so many bytes begins.
inline std::align_val_t column_alignment(std::size_t bytes) {
  return std::align_val_t{bytes < 2 * kHugePage ? kColumnAlignment : kHugePage};
}

template <class T>
struct ColumnAllocator {
  using value_type = T;
  ColumnAllocator() = default;
  template <class U>
  ColumnAllocator(const ColumnAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    void* pointer = ::operator new(bytes, column_alignment(bytes));
#if defined(__linux__)
    // Whole huge pages only, so that no more memory is taken than asked for. Where the kernel refuses, pages stay small.
    if (bytes >= 2 * kHugePage) madvise(pointer, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#endif
    return static_cast<T*>(pointer);
  }
  void deallocate(T* pointer, std::size_t count) noexcept {
    ::operator delete(pointer, column_alignment(count * sizeof(T)));
  }
  template <class U>
  bool operator==(const ColumnAllocator<U>&) const noexcept {
    return true;
  }
};

template <class T>
using Column = std::vector<T, ColumnAllocator<T>>;

}  // namespace locus
