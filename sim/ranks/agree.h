// Agreement among the ranks of a run, and numbers that one of them collects.
//
// A rank must never decide alone whether to take part in a call, or the others wait for it in vain.
// So what one rank knows (an interrupt, a weight that is not finite) is told to all, and all decide
// alike. Of one process these functions move nothing.
// Cost: one exchange of a few bytes a rank; collect: one more, of what is collected.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/base/rank_exchange.h"

namespace locus {

/// Ranks that should say the same do not: they are not of one run, or their machines compute
/// differently.
class RanksDisagree : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// What each rank says, by rank.
template <class T>
std::vector<T> heard_by_all(const RankExchange& exchange, const T& own) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<T> all(static_cast<std::size_t>(exchange.ranks), own);
  if (exchange.ranks > 1) exchange.share(exchange.context, all.data(), sizeof(T));
  return all;
}

/// True if one rank says so.
bool is_said(const RankExchange& exchange, bool own);

/// What the first rank says.
template <class T>
T heard_of_first(const RankExchange& exchange, const T& own) {
  return heard_by_all(exchange, own).front();
}

/// The bytes of each rank, by rank, on the first one; on the others nothing.
std::vector<std::string> collect(const RankExchange& exchange, std::string_view own);

/// The texts of each rank, by rank, on all.
std::vector<std::string> texts_of_all(const RankExchange& exchange, std::string_view own);

}  // namespace locus
