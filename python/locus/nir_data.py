"""NIRData: spikes of named nodes as events, the form in which NIR's frameworks compare activities.

A file has /nodes/NAME/observables/spikes with idx and time (trials x events, -1 and inf where a
trial has fewer). A spike of tick t, from 1, is at t dt.
"""

from __future__ import annotations

import os
from typing import Any, Mapping

import numpy as np
import numpy.typing as npt

from locus.errors import FileError, UsageError
from locus.nir_file import h5py
from locus.weights import Array


def write_data(
    path: str | os.PathLike[str], spikes: Mapping[str, npt.ArrayLike], *, dt: float, late: Mapping[str, int] | None = None
) -> None:
    """Writes spikes (trials x ticks x neurons, or ticks x neurons; non-zero is a spike) by node.

    ``dt``: seconds of a tick. ``late``: ticks by which nodes are late, which are taken off
    (``model.late`` of a network that was read from NIR).

    >>> import locus.nir, numpy as np, os, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = os.path.join(folder, "spikes.nir")
    ...     locus.nir.write_data(file, {"lif": np.eye(3)}, dt=1e-3)
    ...     locus.nir.read_data(file, dt=1e-3)["lif"].shape
    (1, 3, 3)
    """
    module = h5py()
    with module.File(os.fspath(path), "w") as file:
        file.attrs["__type__"] = "NIRGraphData"
        nodes = file.create_group("nodes")
        for name, given in spikes.items():
            shown = np.asarray(given)
            shown = shown[np.newaxis] if shown.ndim == 2 else shown
            if shown.ndim != 3:
                raise UsageError(f"{name}: spikes have shape {shown.shape}; must be trials x ticks x neurons")
            shown = shown[:, (late or {}).get(name, 0) :]
            node = nodes.create_group(name)
            node.attrs["__type__"] = "NIRNodeData"
            _write_events(node.create_group("observables").create_group("spikes"), shown, dt)


def read_data(path: str | os.PathLike[str], *, dt: float) -> dict[str, Array]:
    """Spikes by node (trials x ticks x neurons, 0 or 1) of a NIRData file; nested nodes have dotted names.

    Raises FileError where the file is no NIRData, UsageError where a spike is at no whole tick of dt.

    >>> import locus.nir, os, tempfile, numpy as np
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     locus.nir.write_data(os.path.join(folder, "s.h5"), {"lif": np.eye(3)[np.newaxis]}, dt=1e-3)
    ...     locus.nir.read_data(os.path.join(folder, "s.h5"), dt=1e-3)["lif"].shape
    (1, 3, 3)
    """
    module = h5py()
    try:
        with module.File(os.fspath(path), "r", locking=False) as file:
            if file.attrs.get("__type__") != "NIRGraphData":
                raise FileError(f"{path}: is no NIRGraphData")
            return dict(_nodes(file, "", dt))
    except (RuntimeError, KeyError, OSError) as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{path}: cannot be read as NIRData: {error}") from None


def _write_events(group: Any, shown: npt.NDArray[Any], dt: float) -> None:
    trial, tick, neuron = np.nonzero(shown)
    count = np.bincount(trial, minlength=len(shown))
    place = np.arange(len(trial)) - np.repeat(np.cumsum(count) - count, count)  # within its trial
    index = np.full((len(shown), int(count.max(initial=0))), -1)
    time = np.full(index.shape, np.inf)
    index[trial, place] = neuron
    time[trial, place] = (tick + 1) * dt
    group.attrs["__type__"] = "EventData"
    group.attrs["n_neurons"] = shown.shape[2]
    group.attrs["t_max"] = shown.shape[1] * dt
    group.create_dataset("idx", data=index)
    group.create_dataset("time", data=time)


def _nodes(group: Any, prefix: str, dt: float) -> list[tuple[str, Array]]:
    found = []
    for name, node in group["nodes"].items():
        if node.attrs.get("__type__") == "NIRGraphData":
            found += _nodes(node, f"{prefix}{name}.", dt)
        elif "spikes" in node["observables"]:
            found.append((prefix + name, _events(node["observables"]["spikes"], prefix + name, dt)))
    return found


def _events(group: Any, name: str, dt: float) -> Array:
    kind = group.attrs.get("__type__")
    if kind == "TimeGriddedData":
        return np.asarray(group["data"][()], dtype=float)
    if kind != "EventData":
        raise UsageError(f"{name}: spikes are {kind}; must be EventData or TimeGriddedData")
    index, time = np.asarray(group["idx"][()], dtype=int), np.asarray(group["time"][()], dtype=float)
    ticks, neurons = round(float(group.attrs["t_max"]) / dt), int(group.attrs["n_neurons"])
    shown = np.zeros((len(index), ticks, neurons))
    trial, place = np.nonzero(index >= 0)
    at = time[trial, place] / dt
    wrong = np.flatnonzero((np.abs(at - np.rint(at)) > 1e-3) | (np.rint(at) < 1) | (np.rint(at) > ticks))
    if len(wrong):
        raise UsageError(f"{name}: a spike is at {time[trial, place][wrong[0]]:g} s; must be at a whole tick of {dt:g} s, 1 .. {ticks}")
    shown[trial, np.rint(at).astype(int) - 1, index[trial, place]] = 1
    return shown
