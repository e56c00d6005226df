"""The pages of the guide, from Markdown as GitHub takes it to Markdown as Doxygen does."""

import pathlib
import posixpath
import re

LINK = re.compile(r"(?<=\])\(([^()\s]+)\)")
CODE = re.compile(r"(`+)(?:(?!\1).)*\1")
HEADING = re.compile(r"(#{1,4}) (.*)")


def slug(heading):
    """What GitHub makes of a heading to link to it."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def prose_lines(text):
    """Lines, and whether each is prose and not within a fenced block."""
    fence = None
    for line in text.split("\n"):
        mark = re.match(r"\s*(```+|~~~+)", line)
        if fence is None and mark:
            fence = mark[1]
            yield line, False
        elif fence is not None:
            if line.strip() == fence:
                fence = None
            yield line, False
        else:
            yield line, True


def copy_of(root, path):
    """Where the site has a file of the tree, of a folder the list of its files. Doxygen takes links to .md
    for links to its own pages."""
    if (root / path).is_dir():
        return f"{path}/index.html"
    return f"{path}.txt" if path.endswith(".md") else path


class Page:
    def __init__(self, root, path):
        self.path = path
        self.text = (root / path).read_text()
        self.label = "index" if path == "README.md" else re.sub(r"^docs/|\.md$", "", path).replace(
            "/", "_").replace("-", "_").lower()
        self.title = ""
        self.slugs = []  # Of the headings, in their order.
        for line, prose in prose_lines(self.text):
            heading = HEADING.fullmatch(line) if prose else None
            if heading is None:
                continue
            self.title = self.title or heading[2]
            name = slug(heading[2])
            same = sum(1 for other in self.slugs if re.fullmatch(re.escape(name) + r"(-\d+)?", other))
            self.slugs.append(f"{name}-{same}" if same else name)


class Site:
    """All pages; `linked` are the other files of the tree that they link to, once they are written."""

    def __init__(self, root, chapters):
        self.root = root
        self.parts = []  # Of a name and its pages.
        self.linked = set()
        for line in chapters.read_text().splitlines():
            if line.endswith(".md"):
                found = sorted(path.relative_to(root).as_posix() for path in root.glob(line))
                if not found:
                    raise SystemExit(f"{chapters}: there is no {line}")
                self.parts[-1][1].extend(Page(root, path) for path in found)
            elif line and not line.startswith("#"):
                self.parts.append((line, []))
        self.pages = [Page(root, "README.md")] + [page for _, part in self.parts for page in part]
        self.by_path = {page.path: page for page in self.pages}
        present = {path.relative_to(root).as_posix() for path in (root / "docs").rglob("*.md")}
        if missing := sorted(present - set(self.by_path)):
            raise SystemExit(f"{chapters}: no part has {', '.join(missing)}")

    def target(self, page, link):
        """Where a link of a page leads in the site."""
        if re.match(r"[a-z]+:", link):
            return link
        path, _, fragment = link.partition("#")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path)) if path else page.path
        if place in self.by_path:
            other = self.by_path[place]
            if fragment and fragment not in other.slugs:
                raise SystemExit(f"{page.path}: {other.path} has no heading '{fragment}'")
            # The first heading is the page itself.
            return f"#{other.label}-{fragment}" if fragment in other.slugs[1:] else f"#{other.label}"
        if not (self.root / place).exists():
            raise SystemExit(f"{page.path}: '{link}' leads nowhere")
        if place.startswith("docs/plots/") and place.endswith(".svg"):
            return posixpath.basename(place)
        self.linked.add(place)
        return f"files/{copy_of(self.root, place)}"

    def prose(self, page, line):
        """One line outside of fenced blocks."""
        codes = []

        def hide(code):
            codes.append(code[0])
            return f"\0{len(codes) - 1}\0"

        line = CODE.sub(hide, line)
        line = LINK.sub(lambda link: f"({self.target(page, link[1])})", line)
        line = re.sub(r"<!--.*?-->", "", line).replace("@", "\\@")
        return re.sub(r"\0(\d+)\0", lambda code: codes[int(code[1])], line)

    def rewritten(self, page):
        lines = []
        slugs = iter(page.slugs)
        for line, prose in prose_lines(page.text):
            heading = HEADING.fullmatch(line) if prose else None
            if heading:
                name = next(slugs)
                label = f"{page.label}-{name}" if lines_have_title(lines) else page.label
                lines.append(f"{heading[1]} {heading[2]} {{#{'mainpage' if label == 'index' else label}}}")
            else:
                lines.append(self.prose(page, line) if prose else line)
        return "\n".join(lines) + self.neighbours(page)

    def neighbours(self, page):
        """What to read next, and the parts at the end of the first page."""
        if page is self.pages[0]:
            parts = "\n".join(f"- \\subpage part_{number}" for number in range(1, len(self.parts) + 1))
            return f"\n\n## All pages\n\n{parts}\n"
        at = self.pages.index(page)
        links = [f"Before: [{self.pages[at - 1].title}](#{self.pages[at - 1].label})"] if at > 1 else []
        if at + 1 < len(self.pages):
            links.append(f"Next: [{self.pages[at + 1].title}](#{self.pages[at + 1].label})")
        return "\n\n" + " · ".join(links) + "\n"

    def write(self, folder):
        """Writes all pages into `folder`, and returns their files."""
        files = []
        for page in self.pages:
            copy = pathlib.Path(folder) / page.path
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(self.rewritten(page))
            files.append(copy)
        for number, (name, part) in enumerate(self.parts, 1):
            copy = pathlib.Path(folder) / f"part_{number}.md"
            list_of_pages = "\n".join(f"- \\subpage {page.label}" for page in part)
            copy.write_text(f"# {name} {{#part_{number}}}\n\n{list_of_pages}\n")
            files.append(copy)
        return files


def lines_have_title(lines):
    return any(line.startswith("# ") for line in lines)
