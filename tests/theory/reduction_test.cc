#include "sim/theory/reduction.h"

#include <gtest/gtest.h>

#include "sim/theory/exact.h"

namespace locus::theory {
namespace {

/// n = 3, m = 1, o = 1, T = 2, in numbers that a pencil can follow.
struct Small {
  LinearNetwork student{Matrix(1, 3), Matrix::Zero(3, 3), Matrix(3, 1)};
  LinearNetwork teacher{Matrix::Ones(1, 1), Matrix::Constant(1, 1, 0.5), Matrix::Ones(1, 1)};
  Matrix feedback{Matrix(1, 3)};
  Small() {
    student.a << 1, 0, 0;
    student.b << 0, 1, 0;
    feedback << 1, 1, 0;
  }
};

TEST(Reduction, TheBasisIsOrthonormalAndHoldsWhatSpansIt) {
  const Small net;
  const Matrix basis = invariant_basis(net.student, Matrix());
  ASSERT_EQ(basis.cols(), 2);
  EXPECT_LT((basis.transpose() * basis - Matrix::Identity(2, 2)).norm(), 1e-14);
  EXPECT_LT((basis * basis.transpose() * net.student.b - net.student.b).norm(), 1e-14);
  EXPECT_LT((basis * basis.transpose() * net.student.a.transpose() - net.student.a.transpose()).norm(), 1e-14);
  EXPECT_EQ(invariant_basis(net.student, net.feedback).cols(), 2) << "R lies in the span of A and B";
}

TEST(Reduction, OneUpdateOfOverlapsByHand) {
  // C_0 = A B - 1 = -1, C_1 = A W B - 0.5 = -0.5; L = (1 + 0.25) / 2.
  // dA = C_0 B^T = (0, -1, 0). dB = R^T (C_0 + lambda C_1) = -1.25 (1, 1, 0)^T for lambda = 0.5.
  // dW = R^T C_1 B^T = -0.5 R^T (0, 1, 0): with eta = 1, A = (1, 1, 0), B = (1.25, 2.25, 0)^T,
  // W = 0.5 [0 1 0; 0 1 0; 0 0 0]. C_0 = 3.5 - 1, C_1 = A W B - 0.5 = 2.25 - 0.5.
  const Small net;
  const OverlapTraining training = train_overlaps(net.student, net.teacher, net.feedback, 0.5, 2, 1, 1);
  ASSERT_EQ(training.losses.size(), 2u);
  EXPECT_DOUBLE_EQ(training.losses[0], 0.625);
  EXPECT_DOUBLE_EQ(training.losses[1], 0.5 * (2.5 * 2.5 + 1.75 * 1.75));
  EXPECT_DOUBLE_EQ(training.last.a(0, 0), 2);     // A R^T
  EXPECT_DOUBLE_EQ(training.last.s(0, 0), 1.25);  // B = B_0 + R^T S
  EXPECT_DOUBLE_EQ(training.last.q(0, 0), 0.5);   // W = R^T Q, Q B_0
}

TEST(Reduction, AProjectedNetworkHasTheSameLoss) {
  const Small net;
  const LinearNetwork small = projected(net.student, invariant_basis(net.student, Matrix()));
  EXPECT_EQ(small.b.rows(), 2);
  EXPECT_NEAR(exact_loss(small, net.teacher, 5), exact_loss(net.student, net.teacher, 5), 1e-14);
}

TEST(Reduction, RefusesRecurrentWeightsAtTheStart) {
  Small net;
  net.student.w(0, 0) = 0.1;
  EXPECT_ANY_THROW(train_overlaps(net.student, net.teacher, net.feedback, 0.5, 2, 1, 1));
}

}  // namespace
}  // namespace locus::theory
