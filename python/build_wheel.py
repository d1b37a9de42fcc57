"""The wheel's build: CMake builds and installs the package, setuptools packs it (pyproject.toml names this file).

LOCUS_BUILD names a build tree to take in place of a new one in build/wheel. The wheel holds the core library of every
level and the models beside the package; other libraries are Debian's.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import setuptools
from setuptools import build_meta

ROOT = pathlib.Path(__file__).resolve().parents[1]


def _staged() -> pathlib.Path:
    """A folder with the package as it is in the wheel."""
    given = os.environ.get("LOCUS_BUILD")
    build = pathlib.Path(given) if given else ROOT / "build" / "wheel"
    if not given:
        run = lambda *command: subprocess.run(command, check=True, cwd=ROOT)
        run("cmake", "-S", ".", "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", "-DLOCUS_TESTS=OFF",
            f"-DPython3_EXECUTABLE={sys.executable}")  # fmt: skip
        run("cmake", "--build", build)
    stage = build / "wheel-stage"
    shutil.rmtree(stage, ignore_errors=True)
    for component in ("python3-locus", "liblocus"):
        subprocess.run(["cmake", "--install", build, "--component", component, "--prefix", stage / "installed", "--strip"], check=True)
    installed = stage / "installed"
    package = stage / "locus"
    shutil.move(installed / "lib" / "python3" / "dist-packages" / "locus", package)
    shutil.move(installed / "lib", package / "lib")
    shutil.rmtree(package / "lib" / "python3", ignore_errors=True)
    shutil.move(installed / "share", package / "share")
    for link in [path for path in (package / "lib").rglob("*") if path.is_symlink()]:
        target = link.resolve()  # a wheel has no symbolic links: the library has the name that the loader looks for
        link.unlink()
        target.rename(link)
    return stage


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    stage = _staged()
    version = re.search(r"project\(locus VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
    files = [str(path.relative_to(stage / "locus")) for path in (stage / "locus").rglob("*") if path.is_file()]

    class Distribution(setuptools.Distribution):
        def has_ext_modules(self):
            return True

    setup = setuptools.setup

    def with_package(**given):
        where = os.path.relpath(stage, ROOT)
        setup(**{**given, "version": version, "packages": ["locus"], "package_dir": {"locus": f"{where}/locus"},
                 "package_data": {"locus": files}, "include_package_data": False, "distclass": Distribution, "zip_safe": False,
                 "options": {"egg_info": {"egg_base": where}, "build": {"build_base": f"{where}/build"}}})  # fmt: skip

    setuptools.setup = with_package
    try:
        return build_meta.build_wheel(wheel_directory, config_settings, None)
    finally:
        setuptools.setup = setup


def build_sdist(sdist_directory, config_settings=None):
    raise NotImplementedError("locus is built from a checkout; there is no source distribution")
