// MemoryBudget: the memory that the members of a sweep share. A member waits until what it needs is
// free, so that fewer run at a time where not all of them fit.
#pragma once

#include <condition_variable>
#include <mutex>

namespace locus {

class MemoryBudget {
 public:
  explicit MemoryBudget(double bytes) : free_(bytes) {}

  /// A share of the budget, until it ends.
  class Share {
   public:
    /// Waits until so many bytes are free. A share that is more than all of the budget waits until
    /// nobody else has one. Thread safe.
    Share(MemoryBudget& budget, double bytes) : budget_(budget), bytes_(bytes) {
      std::unique_lock lock(budget_.mutex_);
      budget_.released_.wait(lock, [this] { return budget_.shares_ == 0 || bytes_ <= budget_.free_; });
      ++budget_.shares_;
      budget_.free_ -= bytes_;
    }
    ~Share() {
      const std::lock_guard lock(budget_.mutex_);
      --budget_.shares_;
      budget_.free_ += bytes_;
      budget_.released_.notify_all();
    }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    MemoryBudget& budget_;
    double bytes_;
  };

 private:
  std::mutex mutex_;  // guards the fields below
  std::condition_variable released_;
  double free_;
  int shares_ = 0;
};

}  // namespace locus
