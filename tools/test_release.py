"""Tests of tools/release, with a stand-in for the program, and with an installed one where $SIMULATE names it."""
import hashlib
import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("release", str(ROOT / "tools/release"))
release = importlib.util.module_from_spec(importlib.util.spec_from_loader("release", loader))
loader.exec_module(release)

# Answers only beside its catalog, and only where nothing is in the environment but what a shell puts there.
PROGRAM = """#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
[ -f "$here/x_CatalogFiles.resources/file" ] || exit 3
[ -z "$HOME$LANG" ] || [ "$1" = --version ] || exit 4
case "$*" in
  --version) echo "simulate 9.8.7" ;;
  man) echo ".TH SIMULATE 1" ;;
  "completions bash" | "completions zsh" | "completions fish") echo "# $2" ;;
esac
"""


class ReleaseTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.prefix = self.folder / "prefix"
        (self.prefix / "lib/simulate/x_CatalogFiles.resources").mkdir(parents=True)
        (self.prefix / "lib/simulate/x_CatalogFiles.resources/file").write_text("catalog")
        program = self.prefix / "lib/simulate/simulate"
        program.write_text(PROGRAM)
        program.chmod(0o700)
        (self.prefix / "bin").mkdir()
        (self.prefix / "bin/simulate").symlink_to("../lib/simulate/simulate")
        for place, text in zip(release.PLACED, [".TH SIMULATE 1\n", "# bash\n", "# zsh\n", "# fish\n"]):
            (self.prefix / place).parent.mkdir(parents=True)
            (self.prefix / place).write_text(text)

    def make(self, name="out", **environment):
        return subprocess.run([sys.executable, ROOT / "tools/release", self.folder / name, "--prefix", self.prefix],
                              capture_output=True, text=True, env={**os.environ, **environment})

    def archive(self, name="out"):
        return next((self.folder / name).glob("*.tar.gz"))

    def test_an_archive_with_sums_notes_and_packages(self):
        done = self.make()
        self.assertEqual(done.returncode, 0, done.stderr)
        archive = self.archive()
        digest = hashlib.sha256(archive.read_bytes()).hexdigest()
        self.assertTrue(archive.name.startswith("simulate-9.8.7-linux-"))
        self.assertEqual((self.folder / "out/SHA256SUMS").read_text(), f"{digest}  {archive.name}\n")
        self.assertIn(digest, (self.folder / "out/framework-tax-simulator.rb").read_text())
        self.assertIn(f"ADD {archive.name} /opt/", (self.folder / "out/Containerfile").read_text())
        self.assertIn("# 9.8.7", (self.folder / "out/NOTES.md").read_text())
        for path in (self.folder / "out").iterdir():
            if path != archive:
                self.assertNotRegex(path.read_text(), r"@[A-Z0-9]+@", path)
        with tarfile.open(archive) as file:
            members = {member.name.split("/", 1)[1]: member for member in file.getmembers() if "/" in member.name}
        self.assertEqual(members["bin/simulate"].linkname, "../lib/simulate/simulate")
        self.assertEqual(members["lib/simulate/simulate"].mode, 0o755)
        self.assertEqual(members["lib/simulate/x_CatalogFiles.resources/file"].mode, 0o644)
        self.assertTrue({*release.PLACED, *release.DOCUMENTS} <= members.keys())
        self.assertEqual({(member.uid, member.uname) for member in members.values()}, {(0, "")})

    def test_the_same_bytes_again(self):
        self.make("one", SOURCE_DATE_EPOCH="1000000000")
        os.utime(self.prefix / "lib/simulate/x_CatalogFiles.resources/file", (1, 1))
        self.make("two", SOURCE_DATE_EPOCH="1000000000")
        self.assertEqual(self.archive("one").read_bytes(), self.archive("two").read_bytes())

    def test_what_does_not_answer_is_no_release(self):
        (self.prefix / release.PLACED.copy().popitem()[0]).write_text("of another version")
        done = self.make()
        self.assertEqual(done.returncode, 1)
        self.assertIn("is not what 'simulate completions fish' prints", done.stderr)
        self.assertFalse((self.folder / "out/SHA256SUMS").exists())

    def test_a_prefix_without_a_program_is_refused(self):
        (self.prefix / "share/man/man1/simulate.1").unlink()
        done = self.make()
        self.assertEqual(done.returncode, 1)
        self.assertIn("has no share/man/man1/simulate.1", done.stderr)

    def test_the_changelog(self):
        text = "# Changelog\n\n## [Unreleased]\n\n- new\n\n## [1.0.0] - 2026-01-02\n\n- old\n\n### Fixed\n\n- it\n\n## [0.9.0]\n\n- older\n"
        self.assertEqual(release.changelog_entry(text, "1.0.0"), "- old\n\n### Fixed\n\n- it")
        self.assertEqual(release.changelog_entry(text, "0.9.0"), "- older")
        self.assertEqual(release.changelog_entry(text, "2.0.0"), "- new")
        with self.assertRaises(SystemExit):
            release.changelog_entry("# Changelog\n", "1.0.0")

    def test_the_workflow_runs_what_ci_runs(self):
        text = (ROOT / ".github/workflows/ci.yml").read_text()
        self.assertIn("bash .ci/run", text)
        self.assertIn("macos", text)

    @unittest.skipUnless(os.environ.get("SIMULATE"), "$SIMULATE names no installed program")
    def test_the_installed_program_in_another_folder_with_an_empty_environment(self):
        self.prefix = pathlib.Path(os.environ["SIMULATE"]).resolve().parent.parent.parent
        done = self.make()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("glibc", done.stdout)


if __name__ == "__main__":
    unittest.main()
