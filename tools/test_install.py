"""Tests of install.sh with a stand-in for the compiler: what an older version is like after every way to fail."""
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent

# "Builds" a program that says its version, and whether the catalog lies beside it.
SWIFT = """#!/bin/sh
case "$*" in
  *--show-bin-path) echo "$STAND_IN/built" ;;
  *) [ "$BUILD" = works ] ;;
esac
"""
PROGRAM = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
[ -f "$here/x_CatalogFiles.resources/file" ] || exit 3
[ "$1" = version ] && { echo VERSION; exit 0; }
exit CHECK
"""
# Counts the commands that change anything, and ends the script that gave the N-th of them before or after it.
COUNTER = """#!/bin/sh
count=$(($(cat "$STAND_IN/count") + 1))
echo $count > "$STAND_IN/count"
if [ "$count.$WHEN" = "$STOP_AT.before" ]; then kill -9 $PPID; exit 1; fi
COMMAND "$@"
status=$?
if [ "$count.$WHEN" = "$STOP_AT.after" ]; then kill -9 $PPID; fi
exit $status
"""


class InstallTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.prefix = self.folder / "a prefix"
        self.commands = self.folder / "commands"
        (self.folder / "built/x_CatalogFiles.resources").mkdir(parents=True)
        (self.folder / "built/x_CatalogFiles.resources/file").write_text("catalog")
        self.commands.mkdir()
        self.script(self.commands / "swift", SWIFT)
        self.version(1)

    def script(self, path, text):
        path.write_text(text)
        path.chmod(0o700)

    def version(self, number, check=0):
        self.script(self.folder / "built/simulate",
                    PROGRAM.replace("VERSION", str(number)).replace("CHECK", str(check)))

    def install(self, prefix=None, build="works", umask=0o022, **environment):
        return subprocess.run(
            ["sh", ROOT / "install.sh", prefix or self.prefix], capture_output=True, text=True, cwd=self.folder,
            preexec_fn=lambda: os.umask(umask),
            env={"PATH": f"{self.commands}:{os.environ['PATH']}", "STAND_IN": str(self.folder), "BUILD": build,
                 **environment})

    def installed(self):
        result = subprocess.run([self.prefix / "bin/simulate", "version"], capture_output=True, text=True)
        return result.stdout.strip() if result.returncode == 0 else None

    def names(self):
        return sorted(str(path.relative_to(self.prefix)) for path in self.prefix.glob("[bl]i[nb]/*"))

    def beside(self):
        return sorted(str(path.relative_to(self.prefix)) for path in self.prefix.glob("share/*/*/*"))

    def test_installs_and_replaces(self):
        for number in [1, 2]:
            self.version(number)
            result = self.install()
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, f"{self.prefix}/bin/simulate\n")
            self.assertEqual(self.installed(), str(number))
            self.assertEqual(self.names(), ["bin/simulate", "lib/simulate"])
            self.assertEqual(self.beside(), [
                "share/bash-completion/completions/simulate", "share/fish/vendor_completions.d/simulate.fish",
                "share/man/man1/simulate.1", "share/zsh/site-functions/_simulate"])

    def test_what_comes_beside_may_fail(self):
        (self.prefix / "share").mkdir(parents=True)
        (self.prefix / "share/man").write_text("a file")
        result = self.install()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("simulate man", result.stderr)
        self.assertEqual(self.installed(), "1")
        self.assertEqual(len(self.beside()), 3)

    def test_a_relative_prefix_is_the_callers(self):
        self.assertEqual(self.install("a prefix").returncode, 0)
        self.assertEqual(self.installed(), "1")

    def test_everybody_may_run_it(self):
        (self.folder / "built/x_CatalogFiles.resources").chmod(0o700)
        (self.folder / "built/x_CatalogFiles.resources/file").chmod(0o600)
        self.assertEqual(self.install(umask=0o077).returncode, 0)
        for path in [self.prefix, *self.prefix.rglob("*")]:
            mode = path.stat().st_mode
            wanted = 0o555 if stat.S_ISDIR(mode) or (path.name == "simulate" and "share" not in path.parts) else 0o444
            self.assertEqual(mode & wanted, wanted, path)

    def test_a_failed_build_leaves_nothing_new(self):
        self.assertNotEqual(self.install(build="fails").returncode, 0)
        self.assertFalse(self.prefix.exists())

    def test_a_failed_check_leaves_the_old_version_or_nothing(self):
        self.version(2, check=1)
        self.assertNotEqual(self.install().returncode, 0)
        self.assertFalse(self.prefix.exists())
        self.version(1)
        self.assertEqual(self.install().returncode, 0)
        self.version(2, check=1)
        self.assertNotEqual(self.install().returncode, 0)
        self.assertEqual(self.installed(), "1")
        self.assertEqual(self.names(), ["bin/simulate", "lib/simulate"])

    def test_what_is_in_the_way_is_refused_before_anything(self):
        for path, word in [("bin/simulate/x", "is a folder"), ("lib/simulate/x", "something else"),
                           ("bin", "not a folder")]:
            prefix = self.folder / ("in the way of " + word)
            (prefix / path).parent.mkdir(parents=True)
            (prefix / path).write_text("precious")
            before = sorted(prefix.rglob("*"))
            result = self.install(prefix)
            self.assertEqual((result.returncode, word in result.stderr), (1, True), result.stderr)
            self.assertEqual(sorted(prefix.rglob("*")), before)

    def test_killed_at_any_command_the_old_or_the_new_version_works(self):
        for command in ["mkdir", "cp", "mv", "rm", "ln", "chmod"]:
            real = subprocess.run(["sh", "-c", f"command -v {command}"], capture_output=True, text=True).stdout.strip()
            self.script(self.commands / command, COUNTER.replace("COMMAND", real))
        counter = self.folder / "count"
        counter.write_text("0")
        self.version(1)
        self.assertEqual(self.install().returncode, 0)
        steps = int(counter.read_text())
        self.assertGreater(steps, 10)
        versions = {"1"}
        for step in range(1, steps + 2):
            for when in ["before", "after"]:
                number = max(map(int, versions)) + 1
                self.version(number)
                counter.write_text("0")
                self.install(STOP_AT=str(step), WHEN=when)
                found = self.installed()
                self.assertIn(found, versions | {str(number)}, f"{when} step {step}")
                versions = {found}
        counter.write_text("0")
        self.version(99)
        self.assertEqual(self.install().returncode, 0)
        self.assertEqual(self.installed(), "99")
        self.assertEqual(self.names(), ["bin/simulate", "lib/simulate"])


if __name__ == "__main__":
    unittest.main()
