// Modes of matrices, alignment, spectra.
#include "sim/theory/alignment.h"

#include <gtest/gtest.h>

#include "tests/theory/draw.h"

namespace locus::theory {
namespace {

TEST(Alignment, TakesApartWhatWasAssembled) {
  Draw draw(31);
  for (int trial = 0; trial < 50; ++trial) {
    const Bases bases = {draw.orthogonal(3).leftCols(2), draw.orthogonal(5).leftCols(2), draw.orthogonal(4).leftCols(2)};
    const std::vector<Mode> modes = {{1.5, 0.9, 0.4}, {-0.4, 0.7, -0.6}};
    const LinearNetwork network = assemble(bases, modes);
    const auto found = take_apart(network);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->modes.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
      EXPECT_NEAR(std::abs(found->modes[i].a * found->modes[i].b), std::abs(modes[i].a * modes[i].b), 1e-12);
      EXPECT_NEAR(found->modes[i].w, modes[i].w, 1e-12);
    }
    const LinearNetwork again = assemble(found->bases, found->modes);
    EXPECT_LE((again.a - network.a).norm() + (again.w - network.w).norm() + (again.b - network.b).norm(), 1e-12);
    EXPECT_LE(largest_coupling(network, found->bases), 1e-12);
  }
}

TEST(Alignment, KeepsModesOfEqualRecurrenceApart) {
  // W = 0 does not determine the basis; A and B must.
  Draw draw(32);
  const Bases bases = {draw.orthogonal(2), draw.orthogonal(2), draw.orthogonal(2)};
  const auto found = take_apart(assemble(bases, {{1, 2, 0}, {2, 1, 0}}));
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(std::abs(found->modes[0].a * found->modes[0].b), 2, 1e-12);
}

TEST(Alignment, KeepsSignsOfADiagonalNetwork) {
  const Matrix one = Matrix::Identity(2, 2);
  const auto found = take_apart(assemble({one, one, one}, {{1, -0.9, 0.5}, {-0.3, -0.2, -0.4}}));
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->modes[0].a, 1, 1e-12);
  EXPECT_NEAR(found->modes[0].b, -0.9, 1e-12);
  EXPECT_NEAR(found->modes[1].a, -0.3, 1e-12);
  EXPECT_NEAR(found->modes[1].b, -0.2, 1e-12);
}

TEST(Alignment, RefusesWhatIsNotAligned) {
  Draw draw(33);
  EXPECT_FALSE(take_apart(draw.network(3, 4, 2)).has_value());
  LinearNetwork symmetric = draw.network(3, 3, 3);
  // a symmetric W alone does not align A and B
  symmetric.w = (symmetric.w + symmetric.w.transpose()) / 2;
  EXPECT_FALSE(take_apart(symmetric).has_value());
  const Matrix one = Matrix::Identity(1, 1);
  EXPECT_FALSE(take_apart(assemble({one, one, one}, {{1, 1, 1.01}})).has_value());
}

TEST(Alignment, IsOneForAlignedAndLessForOthers) {
  Draw draw(34);
  const Bases teacher = {draw.orthogonal(4), draw.orthogonal(4), draw.orthogonal(4)};
  const Matrix own = draw.orthogonal(8).leftCols(4);  // the hidden basis belongs to the student
  const std::vector<Mode> modes = {{1, 0.5, 0.3}, {0.7, 0.2, -0.5}, {0.5, 0.9, 0.8}, {0.2, 0.4, 0.1}};
  const LinearNetwork student = assemble({teacher.u, own, teacher.v}, modes);
  const Alignment aligned = alignment_with(student, teacher, student.a);
  EXPECT_NEAR(aligned.input, 1, 1e-12);
  EXPECT_NEAR(aligned.recurrent, 1, 1e-12);
  EXPECT_NEAR(aligned.output, 1, 1e-12);
  EXPECT_NEAR(aligned.feedback, 1, 1e-12);
  const std::vector<Mode> found = modes_within(student, teacher);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(found[i].a, modes[i].a, 1e-12);
    EXPECT_NEAR(found[i].b, modes[i].b, 1e-12);
    EXPECT_NEAR(found[i].w, modes[i].w, 1e-12);
  }
  const Alignment random = alignment_with(draw.network(4, 8, 4), teacher, draw.matrix(4, 8, 1));
  EXPECT_LT(random.output, 0.7);
  EXPECT_LT(random.recurrent, 0.7);
  EXPECT_LT(random.feedback, 0.7);
}

}  // namespace
}  // namespace locus::theory
