// Every place of a Spec where a number, name, list or choice stands, so that a test can break any
// of them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/model/spec.h"
#include "tests/support/random_model.h"

namespace locus {

/// Pointers into a Spec, which must outlive them.
struct Places {
  std::vector<std::int32_t*> ints;
  std::vector<std::int64_t*> longs;
  std::vector<double*> numbers;
  std::vector<std::string*> names;
  std::vector<std::vector<double>*> lists;
  std::vector<std::vector<std::int32_t>*> indices;
  std::vector<bool*> truths;
  std::vector<std::function<void(int)>> choices;
  std::vector<std::function<void(Dice&)>> parts;  // one of several is taken away or doubled

  void add(std::int32_t& value) { ints.push_back(&value); }
  void add(std::int64_t& value) { longs.push_back(&value); }
  void add(double& value) { numbers.push_back(&value); }
  void add(std::string& value) { names.push_back(&value); }
  void add(std::vector<double>& value) {
    lists.push_back(&value);
    if (!value.empty()) numbers.push_back(&value[value.size() / 2]);
  }
  void add(std::vector<std::int32_t>& value) {
    indices.push_back(&value);
    if (!value.empty()) ints.push_back(&value[value.size() / 2]);
  }
  template <class T>
  void add(std::optional<T>& value) {
    if (value) add(*value);
  }
  template <class Enum>
  void add_choice(Enum& value) {
    choices.emplace_back([&value](int number) { value = static_cast<Enum>(number); });
  }
  template <class Part>
  void add_parts(std::vector<Part>& all) {
    parts.emplace_back([&all](Dice& dice) {
      if (all.empty()) return;
      const auto chosen = all.begin() + dice.between(0, static_cast<int>(all.size()) - 1);
      if (dice.chance(50)) {
        all.erase(chosen);
      } else {
        const Part copy = *chosen;
        all.push_back(copy);
      }
    });
  }
};

Places places_of(Spec& spec);

}  // namespace locus
