// RankModule: what a module that speaks MPI offers the program, as a table of C functions.
//
// Why a module, opened at run time: a program that is linked to an MPI library starts in four times
// the time and needs that library on every machine; ours loads none but under a launcher. One
// module is built for each MPI that the build finds (sim/ranks/mpi/module.cc), since their binary
// interfaces differ.
// Law: a module moves bytes and adds nothing (core/base/rank_exchange.h). All calls come from
// one thread.
#pragma once

#include <cstddef>

extern "C" {

/// The name under which a module shows its table: `const LocusRankModule locus_rank_module`.
struct LocusRankModule {
  int version;         // kLocusRankModuleVersion of the module
  const char* family;  // "Open MPI", "MPICH"
  /// Joins the other processes. Returns the context of the calls below; null, with a sentence in
  /// `why` (of `size` bytes), if it cannot.
  void* (*start)(char* why, std::size_t size);
  int (*rank)(void* context);
  int (*ranks)(void* context);
  int (*ranks_here)(void* context);  // those on this machine
  // As those of RankExchange.
  void (*share)(void* context, void* all, std::size_t bytes);
  void (*trade)(void* context, const void* to, const std::size_t* to_bytes, void* from, const std::size_t* from_bytes);
  /// Waits for all, and leaves.
  void (*finish)(void* context);
  /// Ends all processes with an exit code.
  void (*end_all)(void* context, int code);
};
}

inline constexpr int kLocusRankModuleVersion = 1;
inline constexpr const char* kLocusRankModuleName = "locus_rank_module";
