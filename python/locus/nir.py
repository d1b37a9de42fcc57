"""NIR, the interchange format of spiking networks: read() makes a model of a file, write() a file of a model.

    python3 -m locus.nir IN.nir OUT.txtpb --dt 1e-4 --reset zero --report

NIR says neither how long a tick is nor what a spike does to the voltage in discrete time, and
frameworks differ. Both are therefore arguments without a default. docs/python.md has the mapping.
"""

from __future__ import annotations

import argparse
import math
import os
import pathlib
import sys
from typing import Sequence

from locus.errors import FileError, ModelError, UsageError
from locus.model import Model
from locus.nir_data import read_data as read_data
from locus.nir_data import write_data as write_data
from locus.nir_file import Faults, read_graph
from locus.nir_model import Builder, Choices
from locus.nir_ways import Ways, is_spiking
from locus.nir_write import write as write
from locus.v1 import model_pb2

_DT = "dt is not given; NIR does not say how long a tick is. Give seconds: dt=1e-4 is what published networks for snnTorch have."
_RESET = """reset is not given; NIR does not say how a spike resets the voltage in discrete time. Of one published network
reset="zero" (v becomes v_reset) gives snnTorch's 119 spikes, and Norse's 118 without the first tick's recurrent bias;
reset="subtract" (v loses the threshold) gives Spyx's 151. Accuracies from that one file go from 48.6 to 95.0 %."""


def read(
    path: str | os.PathLike[str],
    *,
    dt: float | None = None,
    reset: str | None = None,
    current: str = "same",
    first_bias: bool = True,
    readout: float | None = None,
    name: str | None = None,
) -> Model:
    """The model of a NIR file, whose arrays become weights without rounding.

    ``dt``: seconds of a tick; must be given. ``reset``: must be given where neurons spike; "zero" sets
    the voltage to v_reset, "subtract" takes the threshold off it, both at once. ``current``: the
    voltage takes the synaptic current of the "same" tick (snnTorch, Norse) or of the "previous" one.
    ``first_bias``: False leaves the bias of a recurrent Affine out in the first tick, as Norse does.
    ``readout``: adds a readout to each Output of spikes, a filter of them with this time constant [ms]
    (math.inf: their sum), so that rules can learn.

    Synapses between neurons take a tick here, and none in NIR: each population is late by the number
    of neuron layers before it. ``model.late`` has the ticks, and ``model.notes`` everything that was
    folded, delayed or ignored. The model has no task yet: trials() or drawn() gives it one.

    Raises UsageError without dt or reset, FileError where the file is no HDF5, ModelError with every
    fault of the graph, each with its node.

    >>> import locus, locus.nir, os, tempfile
    >>> m = locus.Model("linear")
    >>> m.input("in", 2); m.rate("h", 3, leak=0.5); m.readout("out", 1)
    >>> m.connect("in", "h", [[1, 0], [0, 1], [1, 1]], name="B"); m.connect("h", "out", [[1, 2, 3]], name="A")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "linear.nir")
    ...     lost = locus.nir.write(m, file, dt=1e-3)
    ...     locus.nir.read(file, dt=1e-3)
    Model 'linear': in (2) -> h (3) -> out (1), 2 projections, no task
    """
    graph = read_graph(path)
    spiking = any(is_spiking(node) for node in graph.nodes.values())
    if spiking and "current" not in model_pb2.Population.Lif.DESCRIPTOR.fields_by_name:
        raise UsageError(f"{os.fspath(path)}: has spiking neurons, and those of this version have no reset at once and no current")
    lacking = [text for text, lacks in ((_DT, dt is None), (_RESET, spiking and reset is None)) if lacks]
    if lacking or dt is None:
        raise UsageError("\n".join(lacking))
    if not (math.isfinite(dt) and dt > 0):
        raise UsageError(f"dt is {dt}; must be above 0 [s]")
    if reset not in (None, "zero", "subtract"):
        raise UsageError(f'reset is {reset!r}; must be "zero" or "subtract"')
    if current not in ("same", "previous"):
        raise UsageError(f'current is {current!r}; must be "same" or "previous"')
    faults = Faults(os.fspath(path))
    ways = Ways(graph, dt, faults)
    choices = Choices(dt, reset if spiking else None, current, first_bias, readout)
    if faults:
        ways.layers()  # its faults belong to the list
        faults.stop()
    builder = Builder(graph, ways, choices, faults, name or pathlib.Path(path).stem)
    model = builder.build()
    faults.stop()
    return model


def main(arguments: Sequence[str] | None = None) -> int:
    """The command python3 -m locus.nir; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m locus.nir", description="Makes a model file of a NIR file.", epilog=_RESET,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("input", metavar="IN.nir")
    parser.add_argument("output", metavar="OUT", help="model file, .txtpb or .binpb; it needs a task before it runs")
    parser.add_argument("--dt", type=float, metavar="SECONDS", help="length of a tick")
    parser.add_argument("--reset", choices=["zero", "subtract"], help="what a spike does to the voltage")
    parser.add_argument("--current", choices=["same", "previous"], default="same", help="current that the voltage takes")
    parser.add_argument("--no-first-bias", action="store_true", help="recurrent biases are missing in tick 1, as in Norse")
    parser.add_argument("--readout", type=float, metavar="MS", help="adds readouts of spikes with this time constant, or inf")
    parser.add_argument("--trials", metavar="X.npy", help="trials x ticks x inputs: the model's task, with ticks for lateness")
    parser.add_argument("--report", action="store_true", help="says what was folded, delayed and ignored")
    given = parser.parse_args(arguments)
    try:
        model = read(given.input, dt=given.dt, reset=given.reset, current=given.current,
                     first_bias=not given.no_first_bias, readout=given.readout)  # fmt: skip
        if given.trials is not None:
            _show(model, given.trials)
        model.save(given.output)
    except UsageError as error:
        print(f"locus.nir: {error}", file=sys.stderr)
        return 2
    except ModelError as error:
        print(error, file=sys.stderr)
        return 3
    except (FileError, OSError, ImportError) as error:
        print(f"locus.nir: {error}", file=sys.stderr)
        return 1
    if given.report:
        print("\n".join(model.notes))
    return 0


def _show(model: Model, path: str) -> None:
    """Trials from a file, each followed by as many silent ticks as the network is late."""
    import numpy as np

    x = np.load(path, allow_pickle=False)
    x = x[np.newaxis] if x.ndim == 2 else x
    late = max(model.late.values(), default=0)
    model.trials(np.pad(x.astype(float), ((0, 0), (0, late), (0, 0))))


if __name__ == "__main__":
    sys.exit(main())
