// Indexed<T>: a vector whose index is a strong id (id.h) or a position.
//
// A vector of objects with one kind of id is indexed by that id. A cast to an integer would accept
// any other integer too.
// Cost: none, because it is a std::vector.
// Invariants: those of std::vector; an id is not compared with the size.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/id.h"

namespace locus {

template <class T, class Allocator = std::allocator<T>>
class Indexed {
  using Items = std::vector<T, Allocator>;

 public:
  using value_type = T;
  using iterator = typename Items::iterator;
  using const_iterator = typename Items::const_iterator;

  Indexed() = default;
  explicit Indexed(std::size_t size) : items_(size) {}
  Indexed(std::size_t size, const T& value) : items_(size, value) {}
  Indexed(std::initializer_list<T> items) : items_(items) {}
  template <std::input_iterator Iterator>
  Indexed(Iterator first, Iterator last) : items_(first, last) {}

  T& operator[](std::size_t place) { return items_[place]; }
  const T& operator[](std::size_t place) const { return items_[place]; }
  template <class Tag, class Integer>
  T& operator[](Id<Tag, Integer> id) {
    return items_[static_cast<std::size_t>(id.value)];
  }
  template <class Tag, class Integer>
  const T& operator[](Id<Tag, Integer> id) const {
    return items_[static_cast<std::size_t>(id.value)];
  }

  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  T* data() { return items_.data(); }
  const T* data() const { return items_.data(); }
  T& front() { return items_.front(); }
  const T& front() const { return items_.front(); }
  T& back() { return items_.back(); }
  const T& back() const { return items_.back(); }
  iterator begin() { return items_.begin(); }
  const_iterator begin() const { return items_.begin(); }
  iterator end() { return items_.end(); }
  const_iterator end() const { return items_.end(); }

  void clear() { items_.clear(); }
  void reserve(std::size_t size) { items_.reserve(size); }
  void resize(std::size_t size) { items_.resize(size); }
  void assign(std::size_t size, const T& value) { items_.assign(size, value); }
  template <std::input_iterator Iterator>
  void assign(Iterator first, Iterator last) {
    items_.assign(first, last);
  }
  void push_back(T item) { items_.push_back(std::move(item)); }
  template <class... Arguments>
  T& emplace_back(Arguments&&... arguments) {
    return items_.emplace_back(std::forward<Arguments>(arguments)...);
  }
  template <std::input_iterator Iterator>
  iterator insert(const_iterator before, Iterator first, Iterator last) {
    return items_.insert(before, first, last);
  }
  void swap(Indexed& other) noexcept { items_.swap(other.items_); }
  friend bool operator==(const Indexed&, const Indexed&) = default;

 private:
  Items items_;
};

}  // namespace locus
