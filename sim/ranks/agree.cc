#include "sim/ranks/agree.h"

#include <algorithm>
#include <numeric>

namespace locus {

bool is_said(const RankExchange& exchange, bool own) {
  return std::ranges::count(heard_by_all(exchange, static_cast<char>(own)), char{1}) > 0;
}

std::vector<std::string> collect(const RankExchange& exchange, std::string_view own) {
  if (exchange.ranks == 1) return {std::string(own)};
  const bool first = exchange.rank == 0;
  const std::vector<std::size_t> sizes = heard_by_all(exchange, own.size());
  std::vector<std::size_t> to(sizes.size());
  std::vector<std::size_t> from(sizes.size());
  if (first) {
    from = sizes;
    from.front() = 0;
  } else {
    to.front() = own.size();
  }
  std::string arrived(std::accumulate(from.begin(), from.end(), std::size_t{0}), '\0');
  exchange.trade(exchange.context, own.data(), to.data(), arrived.data(), from.data());
  if (!first) return {};
  std::vector<std::string> all = {std::string(own)};
  std::size_t at = 0;
  for (std::size_t rank = 1; rank < sizes.size(); ++rank) {
    all.push_back(arrived.substr(at, sizes[rank]));
    at += sizes[rank];
  }
  return all;
}

std::vector<std::string> texts_of_all(const RankExchange& exchange, std::string_view own) {
  const std::vector<std::size_t> sizes = heard_by_all(exchange, own.size());
  const std::size_t width = *std::ranges::max_element(sizes);
  std::string all(width * sizes.size(), '\0');
  std::ranges::copy(own, all.begin() + static_cast<std::ptrdiff_t>(width) * exchange.rank);
  if (exchange.ranks > 1 && width > 0) exchange.share(exchange.context, all.data(), width);
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank < sizes.size(); ++rank) texts.push_back(all.substr(width * rank, sizes[rank]));
  return texts;
}

}  // namespace locus
