// UORO of the oracle: two random factors, by Tallec & Ollivier (ICLR 2018), each norm from its own
// matrix.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/support/oracle.h"

namespace locus::oracle {

/// One tick of one replica.
struct FactorTick {
  const Net& net;
  const std::vector<Synapse*>& plastic;  // onto rate neurons (N)
  const Row& slope;                      // phi'(u_t) (n)
  const Row& signal;                     // A^T eps_t (n); 0 without an error
  std::function<double(const Synapse&)> pre;
  std::function<void(Channel, std::size_t scalars, Actor from, Actor to)> send;
  std::uint64_t seed;
  std::uint64_t trial;
  std::size_t row;  // tick of the trial, from 1; 0 before it
  bool first;       // tick of the batch
  bool has_error;
};

class Factors {
 public:
  void tick(const FactorTick& at);

 private:
  Row mixed_;  // a~ (n)
  Row trace_;  // theta~ (N)
};

}  // namespace locus::oracle
