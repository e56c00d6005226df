"""What docs/site makes of pages, and what it refuses."""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SITE = pathlib.Path(__file__).resolve().parents[2] / "docs/site"
sys.path.insert(0, str(SITE))

import pages  # noqa: E402


class Tree(unittest.TestCase):
    """A made-up source tree with a page of its own for each test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.put("README.md", "# Quartz\n")
        self.put("docs/other.md", "# Other\n\n## What it does\n\n## What it does\n")
        self.put("docs/plots/a.svg", "<svg/>")
        self.put("examples/one.cpp", "int main() {}\n")
        self.put("examples/README.md", "# Examples\n")
        self.put("chapters.txt", "# A remark.\n\nGuide\ndocs/page.md\ndocs/other.md\n")

    def put(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def site(self):
        return pages.Site(self.root, self.root / "chapters.txt")

    def translated(self, text):
        self.put("docs/page.md", "# Page\n\n" + text)
        site = self.site()
        self.linked = site.linked
        return site.rewritten(site.by_path["docs/page.md"])


class Pages(Tree):
    def test_headings_get_names_that_no_other_page_has(self):
        self.assertIn("# Page {#page}\n", self.translated("## What it does\n"))
        self.assertIn("## What it does {#page-what-it-does}", self.translated("## What it does\n"))

    def test_the_second_heading_of_a_name_is_numbered_as_github_does(self):
        self.assertIn("[x](#other-what-it-does-1)", self.translated("[x](other.md#what-it-does-1)"))

    def test_links_lead_to_pages_and_to_their_headings(self):
        text = self.translated("## Here\n\n[a](other.md) [b](other.md#what-it-does) [c](#here) [d](https://e.f/)\n")
        self.assertIn("[a](#other) [b](#other-what-it-does) [c](#page-here) [d](https://e.f/)", text)

    def test_links_to_files_of_the_tree_lead_to_copies(self):
        text = self.translated("[a](../examples/one.cpp) [b](../examples) [c](../examples/README.md)")
        self.assertIn("[a](files/examples/one.cpp) [b](files/examples/index.html)", text)
        self.assertIn("[c](files/examples/README.md.txt)", text)
        self.assertEqual(self.linked, {"examples/one.cpp", "examples", "examples/README.md"})

    def test_pictures_are_found_by_their_names(self):
        self.assertIn("![a](a.svg)", self.translated("![a](plots/a.svg)"))

    def test_code_stays_as_it_is(self):
        block = "```sh\n## no heading [a](b.md) <!-- c -->\n```"
        self.assertIn(block, self.translated(block))
        self.assertIn("`[a](b.md)` \\@", self.translated("`[a](b.md)` @"))

    def test_comments_vanish_without_moving_lines(self):
        self.assertEqual(self.translated("<!-- a -->\nb").split("\n")[2:4], ["", "b"])

    def test_each_page_leads_to_the_next(self):
        self.assertIn("Next: [Other](#other)", self.translated(""))

    def test_a_link_to_nothing_is_refused(self):
        for link in ("gone.md", "other.md#gone", "#gone"):
            with self.assertRaisesRegex(SystemExit, "docs/page.md.*gone"):
                self.translated(f"[a]({link})")

    def test_a_page_of_no_part_and_a_part_of_no_page_are_refused(self):
        with self.assertRaisesRegex(SystemExit, "there is no docs/page.md"):
            self.site()
        self.put("docs/lost.md", "# Lost\n")
        with self.assertRaisesRegex(SystemExit, "no part has docs/lost.md"):
            self.translated("")


class Links(Tree):
    def check(self, text):
        self.put("html/index.html", text)
        self.put("html/b.html", '<a id="here"></a>')
        done = subprocess.run([SITE / "check_links", self.root / "html"], capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_a_site_whose_links_lead_somewhere_passes(self):
        status, said = self.check('<a href="b.html#here">b</a> <a href="https://c.d/">c</a>')
        self.assertEqual(status, 0, said)

    def test_a_missing_file_a_missing_place_and_what_comes_from_elsewhere_are_named(self):
        status, said = self.check('<a href="c.html">c</a> <a href="b.html#gone">d</a> <img src="https://e.f/g.png">')
        self.assertEqual(status, 1)
        for complaint in ("c.html leads nowhere", "b.html#gone has no such place", "g.png is fetched from elsewhere"):
            self.assertIn(complaint, said)

    def test_a_site_without_documents_does_not_pass(self):
        done = subprocess.run([SITE / "check_links", self.root / "docs"], capture_output=True)
        self.assertEqual(done.returncode, 1)


class Enumerators(Tree):
    def check(self, description):
        self.put("xml/a.xml", f"""<doxygen><memberdef kind="enum"><location file="a.hpp" line="3"/><name>Kind</name>
            <enumvalue><name>plain</name><briefdescription>{description}</briefdescription><detaileddescription/>
            </enumvalue></memberdef></doxygen>""")
        done = subprocess.run([SITE / "check_enumerators", self.root / "xml"], capture_output=True, text=True)
        return done.returncode, done.stdout

    def test_one_without_a_description_is_named(self):
        status, said = self.check("")
        self.assertEqual(status, 1)
        self.assertIn("a.hpp:3: Kind: plain is not documented.", said)

    def test_those_with_one_pass(self):
        self.assertEqual(self.check("<para>As it is.</para>")[0], 0)


if __name__ == "__main__":
    unittest.main()
