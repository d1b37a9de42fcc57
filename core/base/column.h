// Column<T>: one field of all actors of a kind, contiguous and 64-byte aligned (structure of
// arrays), indexed by strong ids or by places.
//
// Why: a delivery touches one field of many actors; whole cache lines of it are useful, and the
// compiler vectorises over them. Columns of some megabytes ask for huge pages (huge_pages.h).
// Invariant: sized once, when the network is built; nothing in a trial allocates (std::vector with
// an aligned allocator, never grown after build). Thread safety: none of its own; two threads may
// write disjoint ranges.
#pragma once

#include <cstddef>
#include <new>

#include "core/base/huge_pages.h"
#include "core/base/indexed.h"

namespace locus {

inline constexpr std::size_t kColumnAlignment = 64;  // bytes: one cache line, one AVX-512 register

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
    if (bytes >= 2 * kHugePage) ask_for_huge_pages(pointer, bytes);
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
using Column = Indexed<T, ColumnAllocator<T>>;

}  // namespace locus
