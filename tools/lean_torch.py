#!/usr/bin/env python3
"""Installs PyPI's torch for the processor alone: without NVIDIA's libraries, which are 3 of its 4 GB.

    tools/lean_torch.py .venv/bin/python

PyPI's wheels for Linux are built for CUDA and do not import without its libraries, of which the processor needs none. This
installs the wheel, what it imports in Python, and CUDA's runtime (small), and puts empty libraries in the place of the
others: they have the names that torch asks for, and nobody calls them. Needs Linux, a C compiler (cc, gcc or clang), `nm`
and `readelf`. Where the CPU build can be had (pip install torch --index-url https://download.pytorch.org/whl/cpu), take that.
"""

import collections
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

WHEEL = "torch"
PURE = ["filelock", "fsspec", "jinja2", "networkx", "numpy", "setuptools>=77", "sympy", "typing_extensions"]

# CUDA's runtime registers torch's kernels when they are loaded, and the profiler's library is asked which version it is.
RUNTIME = ["nvidia-cuda-runtime", "nvidia-cuda-cupti"]


def install(python):
    """Installs torch into a Python's environment; raises subprocess.CalledProcessError or OSError where that fails."""
    pip = [python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-compile", "--disable-pip-version-check"]
    # What pip says of the libraries that are left out on purpose is no news.
    subprocess.run([*pip, "--no-deps", WHEEL, *RUNTIME], check=True, capture_output=True, text=True)
    subprocess.run([*pip, *PURE], check=True, capture_output=True, text=True)
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = pathlib.Path(subprocess.run([python, "-c", code], check=True, capture_output=True, text=True).stdout.strip())
    write_empty_libraries(packages)
    forget_requirements(packages)
    subprocess.run([python, "-c", "import torch; assert torch.ones(2, 3).sum() == 6"], check=True)


def forget_requirements(packages):
    """Takes NVIDIA's libraries off torch's requirements: what is installed later and needs torch would bring them."""
    for path in packages.glob("torch-*.dist-info/METADATA"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not re.match(r"Requires-Dist: (nvidia|cuda|triton)", line)]
        path.write_text("".join(kept), encoding="utf-8")


def write_empty_libraries(packages):
    """Puts a library beside torch's for each that they need and that is not there."""
    folder = packages / "torch" / "lib"
    ours = sorted(folder.glob("*.so*"))
    runtime = [path for path in sorted((packages / "nvidia").glob("*/lib/*.so*")) if re.match(r"libcu(dart|pti)\.", path.name)]
    for path in runtime:
        (folder / path.name).unlink(missing_ok=True)
        (folder / path.name).symlink_to(path)
    there = {path.name for path in ours + runtime}
    wanted = {name for path in ours for name in needed(path)}
    missing = sorted(name for name in wanted - there if re.match(r"lib(cu|nccl|nv)", name))
    symbols = undefined(ours, runtime)
    # A symbol of a version comes from the library of that version's name; one without, from any that is loaded.
    bearer = next((name for name in missing if name in needed(folder / "libtorch_cuda.so")), None)
    for name in missing:
        version = "NVSHMEM" if name.startswith("libnvshmem") else name
        write_empty(folder / name, version, symbols.get(version, set()), symbols.get(None, set()) if name == bearer else set())


def needed(path):
    """The libraries that one asks for."""
    text = subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text)


def undefined(libraries, runtime):
    """The symbols that libraries need and none of them has, by version."""
    wanted, there = collections.defaultdict(set), set()
    for path in [*libraries, *runtime]:
        there |= set(re.findall(r" [A-Za-z] (\w+)", listed(path, "--defined-only")))
    for path in libraries:
        for name, version in re.findall(r"^\s+U (\w+)(?:@(\S+))?$", listed(path, "--undefined-only"), re.M):
            if name not in there and re.match(r"(cu|nccl|nv)", name):
                wanted[version or None].add(name)
    return wanted


def listed(path, which):
    return subprocess.run(["nm", "-D", which, path], capture_output=True, text=True).stdout


def write_empty(path, version, names, others):
    """A library of functions that do nothing: some of a version, others of none."""
    compiler = next((found for found in map(shutil.which, ("cc", "gcc", "clang")) if found), None)
    if compiler is None:
        raise OSError("a C compiler is needed")
    with tempfile.TemporaryDirectory() as folder:
        source, script = pathlib.Path(folder) / "empty.c", pathlib.Path(folder) / "versions"
        # NVSHMEM's transport is the one variable among them.
        lines = [f"int {n}[64];" if n.endswith("_transport") else f"void {n}(void) {{}}" for n in sorted({*names, *others})]
        source.write_text("\n".join(lines) + "\n")
        command = [compiler, "-w", "-fno-builtin", source, "-shared", "-nostdlib", f"-Wl,-soname,{path.name}", "-o", path]
        if names:
            script.write_text(f"{version} {{ global: {'; '.join(sorted(names))}; }};\n")
            command.append(f"-Wl,--version-script={script}")
        subprocess.run(command, check=True)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 64
    try:
        install(sys.argv[1])
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"error: {getattr(error, 'stderr', None) or error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
