// (r) The replay of packets on a mesh of 8 x 8 cores, 3,000 of them in a wave to random places,
// with queues without a limit and with queues of 8 flits before which packets wait.
//
// Goal: 1e6 packets/s, 5.3 hops each.
#include "sim/place/replay.h"
#include "tests/bench/compare.h"

namespace locus::bench {
namespace {

void replay(benchmark::State& state) {
  constexpr std::int32_t kSide = 8;
  constexpr std::int32_t kCores = kSide * kSide;
  ChipNetworkSpec network;
  if (state.range(0) > 0) network.queue_flits = state.range(0);
  MeshReplay mesh({kSide, kSide}, network);
  std::vector<Packet> packets;
  std::uint64_t bits = 1;
  while (packets.size() < 3000) {
    bits = bits * 6364136223846793005ULL + 1442695040888963407ULL;
    const auto from = static_cast<std::int32_t>((bits >> 33U) % kCores);
    const auto to = static_cast<std::int32_t>((bits >> 45U) % kCores);
    if (from != to) packets.push_back({from, to, 1, 0});
  }
  measure(state, "packets", 1e6, [&] { return static_cast<double>(mesh.run(packets).packets); });
}

BENCHMARK(replay)->Name("r replay of packets, 8 x 8 cores, queue")->Arg(0)->Arg(8)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
