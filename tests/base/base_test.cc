// CHECK, columns and ids: the basic guarantees of the code.
#include <compare>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/check.h"
#include "core/base/column.h"
#include "core/base/function_ref.h"
#include "core/base/id.h"

namespace locus {
namespace {

TEST(Check, ThrowsWithConditionPlaceAndReason) {
  try {
    CHECK(1 + 1 == 3, "arithmetic of " + std::string("tests"));
    FAIL() << "CHECK let a false condition pass";
  } catch (const CheckFailure& failure) {
    const std::string what = failure.what();
    EXPECT_NE(what.find("1 + 1 == 3"), std::string::npos) << what;
    EXPECT_NE(what.find("base_test.cc:"), std::string::npos) << what;
    EXPECT_NE(what.find("arithmetic of tests"), std::string::npos) << what;
  }
}

TEST(Check, EvaluatesTheReasonOnlyOnFailure) {
  int evaluated = 0;
  const auto reason = [&evaluated] {
    ++evaluated;
    return std::string("reason");
  };
  CHECK(true, reason());
  EXPECT_EQ(evaluated, 0);
  EXPECT_THROW(CHECK(false, reason()), CheckFailure);
  EXPECT_EQ(evaluated, 1);
}

template <class T>
void expect_aligned() {
  for (const std::size_t size : {1U, 3U, 64U, 1000U}) {
    const Column<T> column(size, T(1));
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(column.data()) % kColumnAlignment, 0U) << size;
    const Column<T> copy = column;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(copy.data()) % kColumnAlignment, 0U) << size;
    EXPECT_EQ(copy, column);
  }
}

TEST(Column, BeginsOnACacheLine) {
  expect_aligned<double>();
  expect_aligned<float>();
  expect_aligned<std::int32_t>();
  expect_aligned<std::uint8_t>();
}

/// A large column begins at a huge page and is freed in the way that it was allocated
/// (AddressSanitizer would otherwise report it).
TEST(Column, OfManyBytesBeginsOnAHugePage) {
  Column<float> column(2 * kHugePage / sizeof(float) + 1, 3.0F);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(column.data()) % kHugePage, 0U);
  column.resize(4 * kHugePage / sizeof(float));
  EXPECT_EQ(column.front(), 3.0F);
  EXPECT_EQ(column.back(), 0.0F);
}

/// A read of a column of neurons right after a write to a row of synapses must not look to the
/// processor like a read of what was written: their places within a page are far apart.
TEST(Column, OfNeuronsBesideSynapsesBeginsFarFromTheirRowsWithinAPage) {
  constexpr std::size_t kPageBytes = 4096;
  const auto place = [](const auto& column) { return reinterpret_cast<std::uintptr_t>(column.data()) % kPageBytes; };
  for (const std::size_t neurons : {512U, 1024U, 2048U}) {
    const Column<double> synapses(neurons * neurons, 1.0);
    const Column<float> narrow(neurons * neurons, 1.0F);
    BesideColumn<double> gains(neurons, 2.0);
    const BesideColumn<float> currents(16 * neurons, 3.0F);
    EXPECT_EQ(place(synapses), 0U) << neurons;
    EXPECT_EQ(place(narrow), 0U) << neurons;
    EXPECT_EQ(place(gains), 1024U) << neurons;
    EXPECT_EQ(place(currents), 1024U) << neurons;
    gains.resize(8 * neurons);
    EXPECT_EQ(place(gains), 1024U) << neurons;
    EXPECT_EQ(gains.front(), 2.0);
  }
}

TEST(Indexed, TakesIdsAndPlaces) {
  Column<double> column = {1, 2, 3};
  EXPECT_EQ(column[NeuronId{2}], 3);
  column[SynapseId{1}] = 5;
  EXPECT_EQ(column, (Column<double>{1, 5, 3}));
  EXPECT_EQ(&column[ProjectionId{0}], column.data());
  Indexed<std::string> names;
  names.emplace_back("a");
  names.push_back("b");
  EXPECT_EQ(names[PopulationId{1}], names[std::size_t{1}]);
  EXPECT_EQ(std::vector<std::string>(names.begin(), names.end()), (std::vector<std::string>{"a", "b"}));
  const std::vector<double> more = {7, 8};
  column.insert(column.begin() + 1, more.begin(), more.end());
  EXPECT_EQ(column, (Column<double>{1, 7, 8, 5, 3}));
  column.assign(2, 4.0);
  EXPECT_EQ(column, (Column<double>(2, 4)));
}

TEST(Id, KindsDoNotMix) {
  static_assert(!std::equality_comparable_with<NeuronId, ProjectionId>);
  static_assert(!std::is_convertible_v<NeuronId, ProjectionId>);
  static_assert(!std::is_convertible_v<int, Tick>);
  static_assert(sizeof(NeuronId) == 4 && sizeof(SynapseId) == 8);
  EXPECT_LT(NeuronId{1}, NeuronId{2});
  EXPECT_EQ(Tick{3}, Tick{3});
}

TEST(FunctionRef, CallsWhatItBorrows) {
  int calls = 0;
  const auto add = [&calls](int by) { return calls += by; };
  const FunctionRef<int(int)> borrowed = add;
  EXPECT_EQ(borrowed(2), 2);
  EXPECT_EQ(borrowed(3), 5);
  EXPECT_EQ(calls, 5);
}

}  // namespace
}  // namespace locus
