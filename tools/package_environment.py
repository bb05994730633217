"""Virtual environments for steps of CI that need packages: made where a package index can be reached, else refused.

Nothing is cached and nothing is left: an environment lives in the folder that it is given.
"""

import subprocess
import sys

# The CPU build is a third of the size of the index's, which is built for CUDA. It is found where pip knows of it
# (https://download.pytorch.org/whl/cpu as an index, or a folder of wheels); torchvision 0.28 is the one beside it.
CPU_TORCH = "torch==2.13.0+cpu"


class Unavailable(Exception):
    """No package index can be reached."""


def made(folder, requirements):
    """The Python of a new environment with some packages; Unavailable where there is no index."""
    python = empty(folder)
    install(python, requirements)
    return python


def with_torch(folder, requirements):
    """The same, with torch: the CPU build where there is one, else the index's without NVIDIA's libraries."""
    python = empty(folder)
    try:
        install(python, [CPU_TORCH, *requirements])
    except subprocess.CalledProcessError:
        import lean_torch

        lean_torch.install(python)
        # Beside today's torch today's torchvision.
        install(python, [requirement.partition("==")[0] for requirement in requirements])
    return python


def empty(folder):
    """The Python of a new environment without packages."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    # The smallest package there is says whether there is an index.
    probe = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir", "--dest", folder / "probe", "six"]
    if subprocess.run(probe, capture_output=True).returncode != 0:
        raise Unavailable("no package index can be reached")
    return python


def install(python, requirements):
    """Installs packages; CalledProcessError with pip's own words where it cannot."""
    command = [python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "--no-compile", "--disable-pip-version-check", *requirements]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)


def versions(python, requirements):
    """What is installed of some packages, as `name version, ...`."""
    code = "import sys; from importlib.metadata import version; print(', '.join(f'{n} {version(n)}' for n in sys.argv[1:]))"
    names = [requirement.partition("==")[0] for requirement in requirements]
    return subprocess.run([python, "-c", code, "torch", *names], capture_output=True, text=True).stdout.strip()
