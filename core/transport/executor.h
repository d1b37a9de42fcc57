// Executor: who runs the tasks of a phase. Core knows only this seam; threads live in sim/run.
//
// `run(context, tasks, task)` calls task(0) .. task(tasks - 1), each once, in any order and on any
// threads, and returns when all have returned; an exception of a task is rethrown. What a task
// writes belongs to it alone, so results do not depend on threads.
#pragma once

#include <concepts>

#include "core/base/function_ref.h"

namespace locus {

struct Executor {
  void* context = nullptr;
  void (*run)(void* context, int tasks, FunctionRef<void(int)> task) = nullptr;
  int threads = 1;

  /// A phase of one task, as small ones are, costs no more than its task.
  template <std::invocable<int> Task>
  void operator()(int tasks, Task&& task) const {
    if (threads == 1 || tasks == 1) {
      for (int i = 0; i < tasks; ++i) task(i);
    } else {
      run(context, tasks, task);
    }
  }
};

}  // namespace locus
