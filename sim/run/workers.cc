#include "sim/run/workers.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <exception>
#include <system_error>
#include <thread>
#include <vector>

#include "core/base/flush.h"
#include "sim/ranks/processors.h"
#include "sim/run/asio.h"

namespace locus {
namespace {

using Context = boost::asio::io_context;

/// Calls ready() again and again for some ten microseconds, about what it takes to wake a thread:
/// phases follow each other faster than that. Returns whether it was true in time.
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

}  // namespace

struct Workers::Pool {
  /// The rest of a thread's share of a phase: which phase it is, and how many tasks nobody has
  /// taken yet. One word, so that nobody takes a task of a phase that is over; on a cache line of
  /// its own, so that a thread that works through its share waits for nobody.
  struct alignas(8) Left {
    std::uint32_t phase = 0;
    std::uint32_t tasks = 0;
  };
  struct alignas(64) Share {
    std::atomic<Left> left{Left{}};
  };

  Context context;
  boost::asio::executor_work_guard<Context::executor_type> alive{context.get_executor()};
  std::vector<std::thread> threads;
  int count;                  // threads, with the one that calls
  std::vector<Share> shares;  // by thread, the calling one first
  std::uint32_t phase = 0;    // how many have begun
  // of the present phase: theirs to read who have taken one and not returned
  const FunctionRef<void(int)>* task = nullptr;
  std::vector<std::exception_ptr> failures;  // by task, of the present phase
  // tasks of the present phase that have not returned
  std::atomic<int> open{0};
  std::atomic<int> sleepers{0};  // threads that wait for something posted
  std::atomic<bool> over{false};
  bool spins;  // where every thread has a processor of its own

  explicit Pool(int threads_wanted)
      : count(threads_wanted),
        shares(static_cast<std::size_t>(threads_wanted)),
        spins(threads_wanted <= allowed_processors()) {
    static_assert(std::atomic<Left>::is_always_lock_free);
    try {
      for (int thread = 1; thread < threads_wanted; ++thread) {
        threads.emplace_back([this, thread] {
          const FlushDenormals flush;
          work(thread);
        });
      }
    } catch (const std::system_error&) {
      // The machine has no more threads. Those that exist do the work, with the same results.
    }
  }

  ~Pool() {
    over.store(true, std::memory_order_release);
    alive.reset();  // whoever sleeps wakes up
    for (std::thread& thread : threads) thread.join();
  }

  std::atomic<Left>& left_of(int thread) { return shares[static_cast<std::size_t>(thread)].left; }

  /// Of a thread: takes tasks until the pool ends. It looks out for the next phase a while before
  /// it sleeps, as phases follow each other faster than that.
  void work(int thread) {
    while (!over.load(std::memory_order_acquire)) {
      const std::uint32_t met = take(thread);
      const auto begun = [&] {
        return left_of(thread).load(std::memory_order_seq_cst).phase != met || over.load(std::memory_order_acquire);
      };
      if (spins && spin(begun)) continue;
      sleepers.fetch_add(1, std::memory_order_seq_cst);
      if (!begun()) context.run_one();  // a phase that begins now finds the sleeper
      sleepers.fetch_sub(1, std::memory_order_relaxed);
    }
  }

  /// Runs the tasks of a thread's share, and then those of others' shares that nobody has taken.
  /// Returns the phase that its own share was of.
  std::uint32_t take(int thread) {
    const std::uint32_t met = take_share(thread);
    for (int other = 1; other < count; ++other) take_share((thread + other) % count);
    return met;
  }

  std::uint32_t take_share(int thread) {
    std::atomic<Left>& left = left_of(thread);
    Left now = left.load(std::memory_order_acquire);
    while (now.tasks > 0) {
      if (!left.compare_exchange_weak(now, {now.phase, now.tasks - 1}, std::memory_order_acquire)) continue;
      run_task(thread + (static_cast<int>(now.tasks) - 1) * count);
      now = left.load(std::memory_order_acquire);
    }
    return now.phase;
  }

  void run_task(int index) {
    try {
      (*task)(index);
    } catch (...) {
      failures[static_cast<std::size_t>(index)] = std::current_exception();
    }
    if (open.fetch_sub(1, std::memory_order_acq_rel) == 1) open.notify_all();
  }

  void run(int tasks, FunctionRef<void(int)> work_on) {
    task = &work_on;
    failures.assign(static_cast<std::size_t>(tasks), nullptr);
    open.store(tasks, std::memory_order_relaxed);
    ++phase;
    // thread c has the tasks c, c + count, ...
    for (int thread = count - 1; thread >= 0; --thread) {
      const int own = (tasks - thread + count - 1) / count;
      left_of(thread).store({phase, static_cast<std::uint32_t>(std::max(own, 0))}, std::memory_order_seq_cst);
    }
    for (int asleep = std::min(sleepers.load(std::memory_order_seq_cst), tasks - 1); asleep > 0; --asleep)
      boost::asio::post(context, [] {});
    take(0);
    const auto done = [this] { return open.load(std::memory_order_acquire) == 0; };
    if (spins) spin(done);
    for (int still = open.load(std::memory_order_acquire); still > 0; still = open.load(std::memory_order_acquire))
      open.wait(still);
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

}  // namespace locus
