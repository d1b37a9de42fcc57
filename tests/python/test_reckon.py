"""The bits of a chip: tests/reckon/check on dumps of ReckOn, which are not part of this project, and models that it must tell apart."""

import shutil
import subprocess
import sys

import numpy as np
import pytest
from conftest import ROOT, shared

LIF = "network.populations.neurons.lif."
MUTANTS = {
    "rounding down": LIF + "integer={bits: 16}",
    "draws by counter": LIF + "integer={rounding: STOCHASTIC}",
    "a tick late": LIF + "integer.registers.first_tick=4",
    "another length": LIF + "integer.registers.tap=2",
    "fewer bits of the leak": LIF + "integer.leak_bits=14",
    "a spike needs more": LIF + "above=true",
    "another reset": LIF + "reset=ZERO",
}


def check(program, folder, *more):
    command = [sys.executable, ROOT / "tests" / "reckon" / "check", folder, "--locus", program, *more]
    return subprocess.run(command, text=True, capture_output=True, check=False)


def test_spikes_and_membranes_are_the_chips(program):
    done = check(program, shared("fixtures/reckon"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cues, trial 1: membranes of 2,100 ticks are the chip's" in done.stdout
    assert "variant-outonly, trial 0: spikes of 2,250 ticks are the chip's" in done.stdout


@pytest.mark.parametrize("mutant", MUTANTS)
def test_another_model_is_told(program, tmp_path, mutant):
    source = shared("fixtures/reckon")
    for name in "cues.npz", "state.npz":
        shutil.copyfile(source / name, tmp_path / name)
    done = check(program, tmp_path, "--set", MUTANTS[mutant])
    assert done.returncode == 1 and "DIFFER" in done.stdout, done.stdout + done.stderr


def test_another_chip_is_told(program, tmp_path):
    data = dict(np.load(shared("fixtures/reckon") / "variant-both.npz"))
    data["spikes"] = data["spikes"].copy()
    data["spikes"][0, 1000, 0] ^= 1
    np.savez(tmp_path / "variant-changed.npz", **data)
    done = check(program, tmp_path)
    assert done.returncode == 1 and "DIFFER, first in tick 1000" in done.stdout, done.stdout + done.stderr
