// Workers: the threads that run the tasks of a phase (core/transport/executor.h), one Boost.Asio strand a task number.
//
// Task i of every phase goes to strand i, so that a shard's tasks never overlap, whatever thread they run on. The calling thread takes tasks as well.
// An exception of a task is rethrown by the caller: that of the lowest task, so that it does not depend on timing.
// Thread safety: one phase at a time.
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

/// The number of threads to use where none is asked for: one a processor.
int default_threads();

}  // namespace locus
