"""Tests of the Markdown that pages are written in, each by the HTML that it must give."""
import unittest

from markdown_subset import Document, anchor


def shown(text, **pages):
    return Document(text, lambda target, is_picture: pages.get("leads_to", target), lambda name: pages.get("symbol")).html


class MarkdownTests(unittest.TestCase):
    def test_headings_have_anchors_that_never_repeat(self):
        document = Document("# A `code` & more!\n\n## Twice\n\n## Twice\n", lambda target, is_picture: target)
        self.assertEqual([section.anchor for section in document.sections], ["a-code--more", "twice", "twice-1"])
        self.assertEqual(document.title, "A code & more!")
        self.assertEqual(anchor("What it isn't: x_1"), "what-it-isnt-x_1")

    def test_paragraphs_with_emphasis_and_code(self):
        self.assertEqual(shown("a **b** *c* _d_ `e*f*` snake_case_name\n2 * 3 * 4"),
                         "<p>a <strong>b</strong> <em>c</em> <em>d</em> <code>e*f*</code> snake_case_name\n2 * 3 * 4</p>")
        self.assertEqual(shown("``a`b`` <b> & \\*x\\*"), "<p><code>a`b</code> &lt;b&gt; &amp; *x*</p>")

    def test_code_is_never_translated(self):
        self.assertEqual(shown("```console\n$ a <b>\n# not a heading\n```\nafter"),
                         '<pre class="console" tabindex="0"><code><b>$ a &lt;b&gt;</b>\n# not a heading</code></pre>\n<p>after</p>')
        self.assertEqual(shown("    [a](b)\n\n    | c |"),
                         '<pre tabindex="0"><code>[a](b)\n\n| c |</code></pre>')

    def test_links(self):
        self.assertEqual(shown("[a *b*](c.md#d) and [e][f] and [g]\n\n[f]: https://f.org\n[g]: g.md"),
                         '<p><a href="c.md#d">a <em>b</em></a> and <a href="https://f.org">e</a> and <a href="g.md">g</a></p>')
        self.assertEqual(shown("see https://a.org/b_c_d. (https://e.org)"),
                         '<p>see <a href="https://a.org/b_c_d">https://a.org/b_c_d</a>. '
                         '(<a href="https://e.org">https://e.org</a>)</p>')
        self.assertEqual(shown("[not a link] and [a](folder)", leads_to=None),
                         '<p>[not a link] and <span class="repository" title="folder, in the repository">a</span></p>')
        self.assertEqual(shown("[`code`](x.md)"), '<p><a href="x.md"><code>code</code></a></p>')

    def test_pictures_may_have_a_text_of_two_lines(self):
        self.assertEqual(shown("![one `two`\nthree](p.svg)"), '<p><img src="p.svg" alt="one two three"></p>')

    def test_tables(self):
        text = "| a | b |\n|---|---:|\n| `x|y` | 1 |\n| p \\| q | 2 |\nafter"
        html = shown(text)
        self.assertIn("<td><code>x|y</code></td><td class=right>1</td>", html)
        self.assertIn("<td>p | q</td>", html)
        self.assertTrue(html.endswith("<p>after</p>"), html)
        self.assertEqual(html.count("<tr>"), 3)

    def test_lists_within_lists_and_paragraphs_in_items(self):
        self.assertEqual(shown("- a\n  goes on\n- b\n  - c\n- d"),
                         "<ul><li>a\ngoes on</li>\n<li>b\n<ul><li>c</li></ul></li>\n<li>d</li></ul>")
        self.assertEqual(shown("1. a\n2. b\n\nafter"), "<ol><li>a</li>\n<li>b</li></ol>\n<p>after</p>")
        self.assertIn("<p>a</p>\n<pre", shown("- a\n\n  ```sh\n  x\n  ```\n- b"))
        self.assertEqual(shown("in 1.5 s or\n2022. A year"), "<p>in 1.5 s or\n2022. A year</p>")

    def test_comments_rules_and_quotations(self):
        self.assertEqual(shown("<!-- $ x\ny -->\na\n\n---\n\n> b\n> c"),
                         "<p>a</p>\n<hr>\n<blockquote><p>b\nc</p></blockquote>")

    def test_docc(self):
        self.assertEqual(shown("``Roofline/bound(at:)`` in <doc:model>", symbol="model.html"),
                         '<p><code>Roofline/bound(at:)</code> in <a href="model.html">model</a></p>')

    def test_sections_hold_what_can_be_searched(self):
        document = Document("# A\n\nsome **bold** [link](x.md)\n\n| h |\n|---|\n| cell |\n\n    code", lambda target, is_picture: target)
        self.assertEqual(" ".join(document.sections[0].text).split(), ["some", "bold", "link", "h", "cell", "code"])


if __name__ == "__main__":
    unittest.main()
