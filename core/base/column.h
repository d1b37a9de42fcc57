// Column<T>: one field of all actors of a kind, contiguous and 64-byte aligned (structure of arrays).
//
// Why: a delivery touches one field of many actors; whole cache lines of it are useful, and the compiler vectorises over them.
// Invariant: sized once, when the network is built; nothing in a trial allocates (std::vector with an aligned allocator, never grown after build).
// Thread safety: none of its own; two threads may write disjoint ranges.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace locus {

inline constexpr std::size_t kColumnAlignment = 64;  // bytes: one cache line, one AVX-512 register

template <class T>
struct ColumnAllocator {
  using value_type = T;
  ColumnAllocator() = default;
  template <class U>
  ColumnAllocator(const ColumnAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    return static_cast<T*>(::operator new (count * sizeof(T), std::align_val_t{kColumnAlignment}));
  }
  void deallocate(T* pointer, std::size_t) noexcept { ::operator delete (pointer, std::align_val_t{kColumnAlignment}); }
  template <class U>
  bool operator==(const ColumnAllocator<U>&) const noexcept {
    return true;
  }
};

template <class T>
using Column = std::vector<T, ColumnAllocator<T>>;

}  // namespace locus
