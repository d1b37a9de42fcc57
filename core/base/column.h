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

inline constexpr std::size_t kSmallPage = 4096;                    // bytes: one page of memory
inline constexpr std::size_t kLongColumn = std::size_t{1} << 20U;  // bytes

/// The alignment of a column of this many bytes. Long columns begin at a page (BesideColumn).
inline std::align_val_t column_alignment(std::size_t bytes) {
  return std::align_val_t{bytes < kLongColumn ? kColumnAlignment : bytes < 2 * kHugePage ? kSmallPage : kHugePage};
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

/// Memory that begins a quarter of a page after a page's beginning.
template <class T>
struct BesideAllocator {
  static constexpr std::size_t kLead = kSmallPage / 4;  // bytes
  using value_type = T;
  BesideAllocator() = default;
  template <class U>
  BesideAllocator(const BesideAllocator<U>&) noexcept {}

  T* allocate(std::size_t count) {
    void* memory = ::operator new (kLead + count * sizeof(T), std::align_val_t{kSmallPage});
    return reinterpret_cast<T*>(static_cast<std::byte*>(memory) + kLead);
  }
  void deallocate(T* pointer, std::size_t) noexcept {
    ::operator delete (reinterpret_cast<std::byte*>(pointer) - kLead, std::align_val_t{kSmallPage});
  }
  template <class U>
  bool operator==(const BesideAllocator<U>&) const noexcept {
    return true;
  }
};

/// A column of neurons that a loop over synapses reads or adds to while it reads or writes rows of
/// long columns, which for many sizes are whole pages apart.
///
/// Why: a processor compares places within a page first, and a read waits for a write that is under
/// way at the same place of another page. Online RFLO at n = 1024 in float32 took 3.5 times as long
/// where malloc had put the gains one cache line before such a place, and tBPTT with one lane 1.4
/// times where the currents of inputs were not kept apart.
template <class T>
using BesideColumn = Indexed<T, BesideAllocator<T>>;

}  // namespace locus
