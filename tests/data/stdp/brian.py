"""Weights of pair and triplet STDP by Brian2, for tests/properties/brian_test.cc: pairs.txt and triplets.txt beside this.

Run with Debian's python3-brian: python3 tests/data/stdp/brian.py. Each line of a file is a case: ticks, the ticks of the
source's spikes (comma-separated), those of the target's, and the weight at the end from a weight of 0. A source and a target
never spike in the same tick. Times are ticks of 1 ms.

Pairs: Song, Miller & Abbott 2000 in their all-to-all form. Triplets: Pfister & Gerstner 2006, equations 3 and 4, all-to-all,
with the parameters of table 4 for visual cortex. Brian2 integrates the traces exactly between spikes.
"""
import pathlib
import random

import brian2 as b

b.prefs.codegen.target = "numpy"
b.defaultclock.dt = 1 * b.ms
HERE = pathlib.Path(__file__).parent

PAIRS = dict(
    model="""w : 1
             dx/dt = -x / (20*ms) : 1 (event-driven)
             dy/dt = -y / (20*ms) : 1 (event-driven)""",
    on_pre="x += 1; w -= 1.05 * y",
    on_post="y += 1; w += x",
)
TRIPLETS = dict(
    model="""w : 1
             dr1/dt = -r1 / (16.8*ms) : 1 (event-driven)
             dr2/dt = -r2 / (101*ms) : 1 (event-driven)
             do1/dt = -o1 / (33.7*ms) : 1 (event-driven)
             do2/dt = -o2 / (125*ms) : 1 (event-driven)""",
    on_pre="w -= o1 * (7e-3 + 2.3e-4 * r2); r1 += 1; r2 += 1",
    on_post="w += r1 * (5e-10 + 6.2e-3 * o2); o1 += 1; o2 += 1",
)


def weight(rule: dict, ticks: int, pre: list[int], post: list[int]) -> float:
    b.start_scope()
    source = b.SpikeGeneratorGroup(1, [0] * len(pre), [t * b.ms for t in pre])
    target = b.SpikeGeneratorGroup(1, [0] * len(post), [t * b.ms for t in post])
    synapse = b.Synapses(source, target, method="exact", **rule)
    synapse.connect()
    b.Network(source, target, synapse).run((ticks + 1) * b.ms)
    return float(synapse.w[0])


def cases() -> list[tuple[int, list[int], list[int]]]:
    dice = random.Random(22)
    found = []
    for _ in range(12):
        ticks = dice.randrange(20, 121)
        spikes = dice.sample(range(1, ticks + 1), dice.randrange(2, 18))
        cut = dice.randrange(1, len(spikes))
        found.append((ticks, sorted(spikes[:cut]), sorted(spikes[cut:])))
    return found


for name, rule in (("pairs", PAIRS), ("triplets", TRIPLETS)):
    lines = []
    for ticks, pre, post in cases():
        lines.append(f"{ticks} {','.join(map(str, pre))} {','.join(map(str, post))} {weight(rule, ticks, pre, post):.17g}")
    (HERE / f"{name}.txt").write_text("\n".join(lines) + "\n")
