#include "sim/run/workers.h"

#include <atomic>
#include <deque>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/flush.h"
#include "sim/run/asio.h"

namespace locus {
namespace {

using Context = boost::asio::io_context;
using Strand = boost::asio::strand<Context::executor_type>;

}  // namespace

/// Calls ready() again and again for some ten microseconds, about what it takes to wake a thread: phases follow each other faster than that.
/// Returns whether it was true in time.
template <class Ready>
bool spin(Ready ready) {
  constexpr int kTurns = 2000;
  for (int turn = 0; turn < kTurns; ++turn) {
    if (ready()) return true;
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
  }
  return false;
}

struct Workers::Pool {
  Context context;
  boost::asio::executor_work_guard<Context::executor_type> alive{context.get_executor()};
  std::deque<Strand> strands;  // by task
  std::vector<std::thread> threads;
  std::vector<std::exception_ptr> failures;  // by task, of the present phase
  std::atomic<int> open{0};                  // tasks of the present phase that have not returned
  std::atomic<unsigned> phase{0};            // how many have begun, and whether the pool ends
  int count = 1;
  bool spins = false;  // where every thread has a processor of its own

  explicit Pool(int threads_wanted)
      : count(threads_wanted), spins(static_cast<unsigned>(threads_wanted) <= std::thread::hardware_concurrency()) {
    try {
      for (int i = 1; i < threads_wanted; ++i) {
        threads.emplace_back([this] {
          const FlushDenormals flush;
          work();
        });
      }
    } catch (const std::system_error&) {  // the machine has no more threads: those there are do the work, with the same results
      count = static_cast<int>(threads.size()) + 1;
    }
  }

  ~Pool() {
    alive.reset();
    phase.fetch_add(1, std::memory_order_release);
    for (std::thread& thread : threads) thread.join();
  }

  /// Of a thread: takes tasks until the pool ends; after the tasks of a phase it looks out for the next one a while before it sleeps.
  void work() {
    do {
      while (context.poll_one() > 0) {
      }
      const unsigned met = phase.load(std::memory_order_acquire);
      if (spins) spin([&] { return phase.load(std::memory_order_acquire) != met; });
    } while (context.run_one() > 0);
  }

  void run(int tasks, FunctionRef<void(int)> task) {
    while (static_cast<int>(strands.size()) < tasks) strands.emplace_back(context.get_executor());
    failures.assign(static_cast<std::size_t>(tasks), nullptr);
    open.store(tasks, std::memory_order_relaxed);
    phase.fetch_add(1, std::memory_order_release);
    for (int i = 0; i < tasks; ++i) {
      boost::asio::post(strands[static_cast<std::size_t>(i)], [this, i, task] {
        try {
          task(i);
        } catch (...) {
          failures[static_cast<std::size_t>(i)] = std::current_exception();
        }
        if (open.fetch_sub(1, std::memory_order_acq_rel) == 1) open.notify_all();
      });
    }
    while (context.poll_one() > 0) {
    }
    if (spins) spin([this] { return open.load(std::memory_order_acquire) == 0; });
    for (int left = open.load(std::memory_order_acquire); left > 0; left = open.load(std::memory_order_acquire))
      open.wait(left);
    for (const std::exception_ptr& failure : failures) {
      if (failure) std::rethrow_exception(failure);
    }
  }
};

Workers::Workers(int threads) : pool_(threads > 1 ? std::make_unique<Pool>(threads) : nullptr) {}

Workers::~Workers() = default;

Executor Workers::executor() {
  if (!pool_) return {};
  const auto run = [](void* context, int tasks, FunctionRef<void(int)> task) {
    static_cast<Pool*>(context)->run(tasks, task);
  };
  return {pool_.get(), run, pool_->count};
}

int default_threads() {
  const unsigned processors = std::thread::hardware_concurrency();
  return processors == 0 ? 1 : static_cast<int>(processors);
}

}  // namespace locus
