"""What the tests of the package share: the program, and a folder of shipped models."""

import os
import pathlib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def program() -> str:
    """The program of the same build (ctest sets LOCUS_PROGRAM)."""
    path = os.environ.get("LOCUS_PROGRAM", "")
    if not path or not os.path.exists(path):
        pytest.skip("LOCUS_PROGRAM does not name the program")
    return path


@pytest.fixture(scope="session")
def models() -> pathlib.Path:
    return ROOT / "models"


def shared(path: str) -> pathlib.Path:
    """A file or folder of real data that the project does not carry; the test is skipped where it is absent."""
    found = ROOT.parent / "shared" / path
    if not found.exists():
        pytest.skip(f"{path} is not here: it lies beside the checkout where the files of other projects are kept")
    return found
