// The memory of the machine, as the process sees it.
#pragma once

namespace locus {

/// Bytes that the process can still have: free memory of the machine, or what is left of the limits
/// that it stands under (a control group, an address space) where that is less. `threads`: to be
/// started, each with a stack in the address space.
double available_memory(int threads);

/// Bytes that the process has taken, the model as loaded among them. Pages of the program's own
/// files count as a fixed number.
double taken_memory();

/// For the rest of the process: large blocks return to the system as soon as they are freed, so
/// that it takes what it holds. Scratch space of products, which comes and goes, stays. Without
/// effect where the C library has no such call.
void return_large_blocks();

/// Gives back to the system what is free within the process: an allocator may keep what a thread
/// has freed for that thread. Without effect where the C library has no such call.
void return_free_memory();

}  // namespace locus
