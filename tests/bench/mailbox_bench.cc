// (e) The mailbox: messages a second, each queued and handled alone. Online RFLO, leaky tanh,
// m = o = 8, T = 100.
//
// Goal: 5e7 messages/s a core. (CAF into one actor: 5e6; Asio posts to a thousand strands: 1.6e7,
// measured elsewhere.)
#include "core/transport/mailbox/mailbox.h"
#include "tests/bench/compare.h"
#include "tests/bench/program.h"

namespace locus::bench {
namespace {

template <class R>
void mailbox(benchmark::State& state) {
  Work work;
  work.units = static_cast<std::int32_t>(state.range(0));
  work.commit = CommitWhen::kEveryTick;
  const Spec spec = make_spec(work, make_rule(RuleKind::kRflo), kPrecision<R>);
  Program<R, Mailbox<R>> program(spec);
  measure(state, "messages", 5e7, [&] {
    const std::int64_t before = program.ledger().messages();
    program();
    return static_cast<double>(program.ledger().messages() - before);
  });
}

BENCHMARK(mailbox<double>)->Name("e mailbox f64, n")->Arg(64)->Arg(256)->Iterations(1)->UseManualTime();
BENCHMARK(mailbox<float>)->Name("e mailbox f32, n")->Arg(64)->Arg(256)->Iterations(1)->UseManualTime();

}  // namespace
}  // namespace locus::bench
