// ThreadRanks: ranks of a run as threads of one process, for tests: an exchange by barrier and
// copy.
//
// What a rank does never shows through it but by the exchange, so that a run over threads is one
// over processes. A rank that does not come to a call is an error after a while (a collective that
// only some call), as is an exception on any rank for all others.
// Thread safety: each rank calls its own exchange from one thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "core/base/rank_exchange.h"

namespace locus {

class ThreadRanks {
 public:
  explicit ThreadRanks(int ranks);
  ThreadRanks(const ThreadRanks&) = delete;
  ThreadRanks& operator=(const ThreadRanks&) = delete;

  /// Calls body(exchange) for each rank, each on a thread of its own. Throws what the lowest rank
  /// throws that throws something of its own; std::runtime_error if ranks wait for each other in
  /// vain for `patience` seconds.
  void run(const std::function<void(RankExchange)>& body, int patience = 60);

 private:
  struct Seat {
    ThreadRanks* table = nullptr;
    int rank = 0;
    void* all = nullptr;  // of the present call
    std::size_t bytes = 0;
    const void* to = nullptr;
    const std::size_t* to_bytes = nullptr;
  };

  static void share(void* context, void* all, std::size_t bytes);
  static void trade(void* context, const void* to, const std::size_t* to_bytes, void* from, const std::size_t* from_bytes);
  /// Waits until all ranks are here.
  void meet();

  std::vector<Seat> seats_;
  std::mutex mutex_;  // guards the fields below
  std::condition_variable met_;
  std::size_t waiting_ = 0;
  std::size_t round_ = 0;
  bool broken_ = false;
  int patience_ = 60;  // seconds
};

}  // namespace locus
