// The largest eigenvalue of a symmetric matrix that is known by its products alone, by Lanczos'
// method with full reorthogonalisation.
//
// Cost: `most` products, and as many vectors. The eigenvalue is found when its residual is below
// 1e-8 of it, which takes far fewer products than the matrix has rows where it stands apart.
// Source: Golub & Van Loan, Matrix Computations, 10.1; Parlett 1998, ch. 13 (residual).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace locus {

/// result = H direction (both n); `direction` has norm 1.
using HessianProduct = std::function<void(std::span<const double> direction, std::span<double> result)>;

struct TopEigenvalue {
  double value = 0;
  double residual = 0;  // |H v - value v| / |value| of its unit vector v; 0 where value is 0
  std::int32_t products = 0;
};

/// The algebraically largest eigenvalue of H (n x n). The first direction is drawn by the seed.
/// Empty where n is 0 or a product is not finite.
std::optional<TopEigenvalue> largest_eigenvalue(std::size_t n, const HessianProduct& product, std::uint64_t seed,
                                                std::int32_t most);

}  // namespace locus
