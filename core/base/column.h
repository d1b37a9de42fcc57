// Column<T>: one field of all actors of a kind, contiguous and 64-byte aligned (structure of
// arrays), indexed by strong ids or by places.
//
// A delivery touches one field of many actors. In a column whole cache lines of that field are
// useful, and the compiler vectorises the loop. Columns of some megabytes get huge pages
// (huge_pages.h).
// Invariant: the size is set once, when the network is built, and nothing in a trial allocates
// (std::vector with an aligned allocator, which never grows after the build).
// Thread safety: none of its own; two threads may write disjoint ranges.
#pragma once

#include <cstddef>
#include <new>

#include "core/base/huge_pages.h"
#include "core/base/indexed.h"

namespace locus {

inline constexpr std::size_t kColumnAlignment = 64;  // bytes: one cache line, one AVX-512 register

/// The alignment of a column of this many bytes.
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
