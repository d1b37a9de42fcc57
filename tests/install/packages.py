#!/usr/bin/python3
"""Debian's packages and the wheel: made from a build tree, unpacked elsewhere, tried with an interpreter that sees nothing else.

packages.py BUILD SOURCE WORK: exits with 0 if all of them work.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import zipfile

BUILD, SOURCE, WORK = (pathlib.Path(argument).resolve() for argument in sys.argv[1:4])
SMOKE = """
import sys
sys.path.insert(0, sys.argv[1])
import locus
assert locus.__file__.startswith(sys.argv[1]), locus.__file__
assert locus.example("tiny").startswith(sys.argv[2]), locus.example("tiny")
r = locus.run(locus.example("tiny"), updates=2)
assert all(run.status == "COMPLETED" for run in r.values()), r
cores = {line.split()[-1] for line in open("/proc/self/maps") if "liblocus_core" in line}
assert len(cores) == (sys.argv[3] == "shared") and all(core.startswith(sys.argv[2]) for core in cores), cores
print(" ".join(f"{rule}={fingerprint}" for rule, fingerprint in r.fingerprints.items()))
"""


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def smoke(site, root):
    """What the package learns, with nothing of the build in sight."""
    shared = any(root.rglob("liblocus_core.so*"))  # a build for one level of x86-64 has core within its programs
    return run(sys.executable, "-I", "-B", "-c", SMOKE, site, root, "shared" if shared else "static", cwd="/", env={"PATH": "/usr/bin:/bin"})


def debian_packages():
    run("cpack", "-G", "DEB", "-B", WORK / "packages", cwd=BUILD)
    packages = {path.name.split("_")[0]: path for path in (WORK / "packages").glob("*.deb")}
    wanted = {"locus", "liblocus", "liblocus-dev", "python3-locus"}
    assert set(packages) == wanted, f"packages are {sorted(packages)}"
    root = WORK / "root"
    for name, package in packages.items():
        fields = run("dpkg-deb", "--field", package, "Depends")
        version = re.search(r"liblocus \(= ([\d.]+)\)", fields)
        assert name == "liblocus" or version, f"{name} depends on {fields}"
        contents = run("dpkg-deb", "--contents", package)
        shared = "liblocus_core" in contents
        if name in ("locus", "python3-locus") or (name == "liblocus" and shared):
            assert "libc6 (>=" in fields and "libstdc++6 (>=" in fields, f"{name} depends on {fields}"
        if name == "python3-locus":
            for part in ("python3 (>= 3.", "python3 (<< 3.", "python3-numpy", "python3-protobuf", "libprotobuf32"):
                assert part in fields, f"{name} depends on {fields}"
        assert not re.search(r"__pycache__|\.pyc", contents), f"{name} holds what an interpreter compiled:\n{contents}"
        run("dpkg-deb", "--extract", package, root)
    version = run(root / "usr/bin/locus", "--version", env={})
    assert version.startswith("locus "), version
    assert (root / "usr/include/locus/locus.h").exists() and (root / "usr/lib/cmake/locus/locus-config.cmake").exists()
    program = run(root / "usr/bin/locus", "run", root / "usr/share/locus/models/tiny.txtpb", "--updates", 2, env={})
    learnt = smoke(root / "usr/lib/python3/dist-packages", root)
    for fingerprint in learnt.split():
        assert fingerprint in program, f"{fingerprint} is not in\n{program}"
    return learnt


def wheel():
    out = WORK / "wheel"
    run(sys.executable, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "--no-index", "--quiet", "-w", out, ".", cwd=SOURCE,
        env={**os.environ, "LOCUS_BUILD": str(BUILD), "PYTHONDONTWRITEBYTECODE": "1"})  # fmt: skip
    (path,) = out.glob("*.whl")
    assert re.fullmatch(r"locus-[\d.]+-cp3\d+-cp3\d+-linux_x86_64\.whl", path.name), path.name
    with zipfile.ZipFile(path) as archive:
        archive.extractall(out / "site")
    return smoke(out / "site", out / "site")


def main():
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    assert debian_packages() == wheel(), "the wheel learns something else than the packages"
    print("packages and wheel work")


main()
