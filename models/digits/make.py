#!/usr/bin/env python3
"""Writes the arrays of the digits models from the data set's table.

    python3 models/digits/make.py digits.csv.gz [FOLDER]

The table has a line for each digit: 64 grey values 0 .. 16 of a picture of 8 x 8, row by row, and
its class. README.md says where it comes from. Needs NumPy.
"""

import gzip
import sys
from pathlib import Path

import numpy as np

LEARNT = 1200  # the first so many digits are learnt from, the others are held out
STEPS = 5  # ticks that a row of the picture takes as spikes


def spikes_of(pixels: np.ndarray) -> np.ndarray:
    """A pixel of value p spikes in the first round(5 p / 16) of the 5 ticks of its row."""
    counts = np.rint(STEPS * pixels / 16).astype(int).reshape(-1, 8, 1, 8)
    ticks = np.arange(STEPS).reshape(1, 1, STEPS, 1)
    return (counts > ticks).reshape(-1, 8 * STEPS, 8).astype(np.uint8)


def main(table: str, folder: Path) -> None:
    data = np.loadtxt(gzip.open(table), delimiter=",")
    pixels, classes = data[:, :64].astype(np.uint8), data[:, 64].astype(np.uint8)
    assert np.array_equal(pixels, data[:, :64]) and pixels.max() == 16 and len(data) == 1797
    for name, part in (("learnt", slice(None, LEARNT)), ("held_out", slice(LEARNT, None))):
        np.save(folder / f"pixels_{name}.npy", pixels[part].reshape(-1, 64, 1))
        np.save(folder / f"rows_{name}.npy", pixels[part].reshape(-1, 8, 8))
        np.savez_compressed(folder / f"spikes_{name}.npz", spikes=spikes_of(pixels[part]))
        np.save(folder / f"classes_{name}.npy", classes[part])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parent))
