// The module over MPI (sim/ranks/rank_module.h), through its C interface: compiled once for each
// MPI library, into a shared object of its own that nothing else is linked with.
//
// Sources: MPI: A Message-Passing Interface Standard 3.1, 5.7 (Allgather), 3.7 (Isend, Irecv), 8.7
// (Init, Finalize, Abort). MPI_Allgather of equal blocks moves no byte twice; a trade is of
// messages from each to each, as that of MPI_Alltoallv, whose sizes are integers of 32 bits.
#include <algorithm>
#include <cstdio>
#include <mpi.h>
#include <vector>

#include "sim/ranks/rank_module.h"

namespace {

// bytes that one call of MPI moves at most, whose counts have 31 bits
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

struct World {
  MPI_Comm all = MPI_COMM_NULL;
  int rank = 0;
  int ranks = 1;
  int ranks_here = 1;
  std::vector<MPI_Request> requests;
};

World& world_of(void* context) { return *static_cast<World*>(context); }

void* start(char* why, std::size_t size) {
  int provided = MPI_THREAD_SINGLE;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  if (provided < MPI_THREAD_FUNNELED) {
    std::snprintf(why, size, "its MPI library knows no threads (MPI_THREAD_FUNNELED)");
    MPI_Finalize();
    return nullptr;
  }
  auto* world = new World;
  MPI_Comm_dup(MPI_COMM_WORLD, &world->all);
  MPI_Comm_rank(world->all, &world->rank);
  MPI_Comm_size(world->all, &world->ranks);
  MPI_Comm here = MPI_COMM_NULL;
  MPI_Comm_split_type(world->all, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &here);
  MPI_Comm_size(here, &world->ranks_here);
  MPI_Comm_free(&here);
  return world;
}

/// Sends blocks of any size from each rank to each, in pieces; those to itself are left out.
void move(World& world, const char* to, const std::size_t* to_bytes, char* from, const std::size_t* from_bytes) {
  world.requests.clear();
  const auto in_pieces = [&](auto* at, std::size_t bytes, auto begin) {
    for (std::size_t done = 0; done < bytes; done += kMostBytes)
      begin(at + done, static_cast<int>(std::min(bytes - done, kMostBytes)), &world.requests.emplace_back());
  };
  for (int rank = 0; rank < world.ranks; ++rank) {
    if (rank != world.rank) {
      in_pieces(from, from_bytes[rank], [&](char* piece, int bytes, MPI_Request* request) {
        MPI_Irecv(piece, bytes, MPI_BYTE, rank, 0, world.all, request);
      });
    }
    from += from_bytes[rank];
  }
  for (int rank = 0; rank < world.ranks; ++rank) {
    if (rank != world.rank) {
      in_pieces(to, to_bytes[rank], [&](const char* piece, int bytes, MPI_Request* request) {
        MPI_Isend(piece, bytes, MPI_BYTE, rank, 0, world.all, request);
      });
    }
    to += to_bytes[rank];
  }
  MPI_Waitall(static_cast<int>(world.requests.size()), world.requests.data(), MPI_STATUSES_IGNORE);
}

void share(void* context, void* all, std::size_t bytes) {
  World& world = world_of(context);
  if (bytes <= kMostBytes) {
    MPI_Allgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, all, static_cast<int>(bytes), MPI_BYTE, world.all);
    return;
  }
  // block by block, from the rank that has it
  for (int rank = 0; rank < world.ranks; ++rank) {
    char* const block = static_cast<char*>(all) + static_cast<std::size_t>(rank) * bytes;
    for (std::size_t done = 0; done < bytes; done += kMostBytes)
      MPI_Bcast(block + done, static_cast<int>(std::min(bytes - done, kMostBytes)), MPI_BYTE, rank, world.all);
  }
}

void trade(void* context, const void* to, const std::size_t* to_bytes, void* from, const std::size_t* from_bytes) {
  move(world_of(context), static_cast<const char*>(to), to_bytes, static_cast<char*>(from), from_bytes);
}

void finish(void* context) {
  World* const world = static_cast<World*>(context);
  MPI_Barrier(world->all);
  MPI_Comm_free(&world->all);
  delete world;
  MPI_Finalize();
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) extern const LocusRankModule locus_rank_module;
const LocusRankModule locus_rank_module = {
    .version = kLocusRankModuleVersion,
    .family = LOCUS_MPI_FAMILY,
    .start = &start,
    .rank = [](void* context) { return world_of(context).rank; },
    .ranks = [](void* context) { return world_of(context).ranks; },
    .ranks_here = [](void* context) { return world_of(context).ranks_here; },
    .share = &share,
    .trade = &trade,
    .finish = &finish,
    .end_all = [](void* context, int code) { MPI_Abort(world_of(context).all, code); },
};
}
