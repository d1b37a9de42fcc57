#include "sim/ranks/thread_ranks.h"

#include <chrono>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <thread>

#include "core/base/flush.h"

namespace locus {
namespace {

/// A rank gave up because of another one.
struct Abandoned : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace

ThreadRanks::ThreadRanks(int ranks) : seats_(static_cast<std::size_t>(ranks)) {
  for (std::size_t rank = 0; rank < seats_.size(); ++rank) {
    seats_[rank].table = this;
    seats_[rank].rank = static_cast<int>(rank);
  }
}

void ThreadRanks::meet() {
  std::unique_lock lock(mutex_);
  const std::size_t round = round_;
  if (++waiting_ == seats_.size()) {
    waiting_ = 0;
    ++round_;
    met_.notify_all();
    return;
  }
  const bool met = met_.wait_for(lock, std::chrono::seconds(patience_), [&] { return round_ != round || broken_; });
  if (met && round_ != round) return;
  broken_ = true;
  met_.notify_all();
  throw Abandoned("ranks wait for each other in vain");
}

void ThreadRanks::share(void* context, void* all, std::size_t bytes) {
  Seat& own = *static_cast<Seat*>(context);
  own.all = all;
  own.bytes = bytes;
  own.table->meet();
  for (const Seat& other : own.table->seats_) {
    if (other.bytes != bytes) throw std::runtime_error("ranks share blocks of unequal sizes");
    const std::size_t at = static_cast<std::size_t>(other.rank) * bytes;
    if (other.rank != own.rank)
      std::memcpy(static_cast<std::byte*>(all) + at, static_cast<const std::byte*>(other.all) + at, bytes);
  }
  own.table->meet();
}

void ThreadRanks::trade(void* context, const void* to, const std::size_t* to_bytes, void* from,
                        const std::size_t* from_bytes) {
  Seat& own = *static_cast<Seat*>(context);
  own.to = to;
  own.to_bytes = to_bytes;
  own.table->meet();
  auto* into = static_cast<std::byte*>(from);
  for (const Seat& other : own.table->seats_) {
    const auto* block = static_cast<const std::byte*>(other.to);
    for (int rank = 0; rank < own.rank; ++rank) block += other.to_bytes[rank];
    const std::size_t bytes = from_bytes[other.rank];
    if (bytes != other.to_bytes[own.rank]) throw std::runtime_error("ranks trade blocks of unequal sizes");
    if (bytes > 0) std::memcpy(into, block, bytes);
    into += bytes;
  }
  own.table->meet();
}

void ThreadRanks::run(const std::function<void(RankExchange)>& body, int patience) {
  patience_ = patience;
  waiting_ = 0;
  broken_ = false;
  std::vector<std::exception_ptr> failures(seats_.size());
  std::vector<std::exception_ptr> abandoned(seats_.size());
  {
    std::vector<std::jthread> threads;
    for (Seat& seat : seats_) {
      threads.emplace_back([&] {
        const FlushDenormals flush;
        const auto rank = static_cast<std::size_t>(seat.rank);
        try {
          body({&seat, seat.rank, static_cast<int>(seats_.size()), &share, &trade});
        } catch (const Abandoned&) {
          abandoned[rank] = std::current_exception();
        } catch (...) {
          failures[rank] = std::current_exception();
          const std::lock_guard lock(mutex_);
          broken_ = true;
          met_.notify_all();
        }
      });
    }
  }
  for (const std::vector<std::exception_ptr>& all : {failures, abandoned}) {
    for (const std::exception_ptr& failure : all) {
      if (failure) std::rethrow_exception(failure);
    }
  }
}

}  // namespace locus
