"""One execution of the program in a folder of its own, under limits, with what it left behind."""
import dataclasses
import os
import pathlib
import resource
import shutil
import signal
import subprocess
import time

# A folder deep inside the temporary one, so that no path with dots leaves it.
DEPTH = "a/b/c/d/e/f"


@dataclasses.dataclass
class Special:
    """Something in the place of a file that is no regular file: a folder, a link, a pipe."""
    kind: str
    target: str = ""


@dataclasses.dataclass
class Case:
    """A command line with everything that it reads."""
    arguments: list
    files: dict = dataclasses.field(default_factory=dict)
    environment: dict = dataclasses.field(default_factory=dict)
    stdin: bytes | None = None
    # What was done to it, in words.
    changes: list = dataclasses.field(default_factory=list)
    # Bytes that a file must have after success, where nothing else may be right.
    expected: dict = dataclasses.field(default_factory=dict)
    # The paths of files whose content was changed, and whether anything else was.
    changed_files: set = dataclasses.field(default_factory=set)
    changed_elsewhere: bool = False


@dataclasses.dataclass
class Outcome:
    status: int
    signal: int
    timed_out: bool
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    out: bytes
    err: bytes
    # The files of the case's folder before and after, bytes by path.
    before: dict
    after: dict
    # What appeared outside the case's folder.
    strays: list


def prepare_limits():
    """Limits that the children inherit: no core files, no output without end."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 28, 1 << 28))


def environment(additions):
    """The environment of an execution: nothing of ours that could change what it prints."""
    plain = {"PATH": os.environ.get("PATH", ""), "HOME": "/nonexistent", "LC_ALL": "C.UTF-8",
             # A trap is seen without a minute of backtrace.
             "SWIFT_BACKTRACE": "enable=no"}
    return plain | additions


def lay_out(case, folder):
    for path, content in case.files.items():
        place = os.path.join(folder, os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if not isinstance(content, Special):
            with open(place, "wb") as file:
                file.write(content)
        elif content.kind == "folder":
            os.makedirs(place, exist_ok=True)
        elif content.kind == "link":
            os.symlink(content.target, place)
        elif content.kind == "pipe":
            os.mkfifo(place)


def contents(folder):
    """Regular files by path, with bytes; everything else by what it is."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in files + folders:
            path = os.path.join(place, name)
            key = os.path.relpath(path, folder)
            if os.path.islink(path):
                found[key] = b"link to " + os.readlink(path)
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    found[key] = file.read()
            elif not os.path.isdir(path):
                found[key] = b"special"
    return found


def resident_bytes():
    """What this process has in memory, where the system says it."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


class Runner:
    """Executes cases, one after the other, below one temporary folder."""

    def __init__(self, program, temporary, limit_seconds=10.0):
        self.program = os.path.abspath(program)
        self.top = os.path.join(temporary, f"worker-{os.getpid()}")
        self.limit_seconds = limit_seconds
        self.count = 0
        self.process = None
        self.timed_out = False
        signal.signal(signal.SIGALRM, self._stop)

    def _stop(self, *_):
        self.timed_out = True
        if self.process is not None:
            self.process.kill()

    def run(self, case):
        self.count += 1
        base = os.path.join(self.top, str(self.count))
        folder = os.fsencode(os.path.join(base, DEPTH))
        os.makedirs(folder)
        lay_out(case, folder)
        before = contents(folder)
        outputs = os.path.join(self.top, "out"), os.path.join(self.top, "err")
        with open(outputs[0], "wb+") as out, open(outputs[1], "wb+") as err:
            stdin = subprocess.DEVNULL
            if case.stdin is not None:
                with open(os.path.join(self.top, "in"), "wb") as file:
                    file.write(case.stdin)
                stdin = open(os.path.join(self.top, "in"), "rb")
            self.timed_out = False
            begin = time.monotonic()
            own_bytes = resident_bytes()
            arguments = [self.program] + [os.fsencode(argument) for argument in case.arguments]
            self.process = subprocess.Popen(arguments, cwd=folder, stdin=stdin, stdout=out, stderr=err,
                                            env=environment(case.environment))
            signal.setitimer(signal.ITIMER_REAL, self.limit_seconds)
            _, status, usage = os.wait4(self.process.pid, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)
            self.process.returncode = os.waitstatus_to_exitcode(status)
            code = self.process.returncode
            self.process = None
            seconds = time.monotonic() - begin
            # Linux counts what this process had when it started the other as the other's peak; below that nothing is known.
            peak_bytes = usage.ru_maxrss * 1024 if usage.ru_maxrss * 1024 > 1.1 * own_bytes else 0
            if stdin is not subprocess.DEVNULL:
                stdin.close()
            out.seek(0)
            err.seek(0)
            outcome = Outcome(
                status=max(code, 0), signal=max(-code, 0), timed_out=self.timed_out, seconds=seconds,
                cpu_seconds=usage.ru_utime + usage.ru_stime, peak_bytes=peak_bytes, out=out.read(),
                err=err.read(), before=before, after=contents(folder), strays=self._strays(base, folder))
        shutil.rmtree(base, ignore_errors=True)
        return outcome

    @staticmethod
    def _strays(base, folder):
        """What stands beside the way down to the case's folder."""
        strays = []
        place = pathlib.Path(base)
        for step in DEPTH.split("/"):
            strays += [str(entry) for entry in place.iterdir() if entry.name != step]
            place = place / step
        return strays
