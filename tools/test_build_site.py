"""Tests of the site: built from this clone's pages, and from damaged copies of what it is built to."""
import contextlib
import io
import json
import pathlib
import tempfile
import unittest

import build_site


class SiteTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name) / "site"
        cls.site = build_site.build(cls.folder)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_nothing_leads_nowhere(self):
        self.assertEqual(build_site.dead_links(self.folder), [])

    def test_every_page_is_there_and_in_the_menu(self):
        self.assertTrue((self.folder / "index.html").is_file())
        for page in build_site.ROOT.glob("docs/**/*.md"):
            name = page.relative_to(build_site.ROOT).as_posix()
            self.assertIn(name, self.site.addresses)
            self.assertIn(f'href="{self.site.addresses[name]}"', (self.folder / "index.html").read_text(encoding="utf-8"))

    def test_no_translation_is_left_over(self):
        for page, document in self.site.documents.items():
            self.assertNotIn("\x00", document.html, page)
            self.assertNotIn("\x01", document.html, page)
            self.assertTrue(document.title, page)

    def test_nothing_is_loaded_from_elsewhere(self):
        for path in self.folder.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            self.assertNotRegex(text, r'(src|rel="stylesheet" href)="(https?:)?//', path)

    def test_the_index_finds_what_pages_say(self):
        text = (self.folder / build_site.MARK).read_text(encoding="utf-8")
        sections = json.loads(text[len("window.searchIndex = "):-2])
        self.assertEqual(len({(page, anchor) for page, _, _, anchor, _ in sections}), len(sections))
        self.assertIn("docs/serving.html", {page for page, _, _, _, body in sections if "overloaded" in body})
        self.assertIn("docs/glossary.html", {page for page, *_ in sections})

    def test_what_leads_nowhere_is_found(self):
        page = self.folder / "docs/glossary.html"
        whole = page.read_text(encoding="utf-8")
        try:
            for damage, word in [('<a href="nowhere.html">', "is not there"), ('<a href="commands.html#nowhere">', "no such heading"),
                                 ('<img src="no.svg">', "is not there"), ('<a href="#nowhere">', "no such heading")]:
                page.write_text(whole + damage, encoding="utf-8")
                dead = build_site.dead_links(self.folder)
                self.assertEqual(len(dead), 1, damage)
                self.assertIn(word, dead[0])
        finally:
            page.write_text(whole, encoding="utf-8")

    def test_a_broken_link_of_a_page_reaches_the_site(self):
        text = "# A page\n\n[a](docs/nowhere.md) [b](docs/glossary.md#nowhere) ![c](docs/nowhere.svg) [d](docs/vectors) [e](nowhere) <doc:nowhere>\n"
        self.assertEqual(self.site.translated("README.md", text).html.count("<a href"), 4)  # a folder is named, not linked to
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "docs").mkdir()
            (path / "docs/glossary.html").write_text(self.site.page("docs/glossary.md"), encoding="utf-8")
            (path / "index.html").write_text(self.site.translated("README.md", text).html, encoding="utf-8")
            dead = [line for line in build_site.dead_links(path) if line.startswith("index.html")]
        self.assertEqual(dead, ["index.html: docs/nowhere.md is not there", "index.html: docs/glossary.html#nowhere has no such heading",
                                "index.html: docs/nowhere.svg is not there", "index.html: nowhere is not there",
                                "index.html: nowhere.html is not there"])

    def test_something_else_is_not_replaced(self):
        folder = pathlib.Path(self.temporary.name) / "precious"
        folder.mkdir()
        (folder / "file").write_text("precious")
        with self.assertRaises(SystemExit):
            build_site.build(folder)
        self.assertTrue((folder / "file").exists())

    def test_the_command_counts_and_ends_with_a_status(self):
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(build_site.main(["--check", str(self.folder)]), 0)
        self.assertIn("0 links lead nowhere", printed.getvalue())
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(build_site.main([]), 64)


if __name__ == "__main__":
    unittest.main()
