// Workers: the threads that run the tasks of a phase (core/transport/executor.h).
//
// A task number goes to the same thread in every phase, so that what it works on stays in that
// processor's cache; who has done its share takes what others have not begun. Handing out a phase
// costs a few hundred nanoseconds, as a tick may have several. Threads that find no phase for some
// ten microseconds sleep in a Boost.Asio context until they are posted to; no phase waits for one
// that sleeps. An exception of a task is rethrown by the caller: that of the lowest task, so that
// it does not depend on timing. Thread safety: one phase at a time.
#pragma once

#include <memory>

#include "core/transport/executor.h"

namespace locus {

class Workers {
 public:
  /// `threads` >= 1; 1 starts none.
  explicit Workers(int threads);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  Executor executor();

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;  // none with one thread
};

}  // namespace locus
