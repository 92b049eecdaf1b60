#!/usr/bin/python3
"""Builds the website: copies what it shows to build/website/source and calls mkdocs, whose warnings are errors.

README, CONTRIBUTING and CHANGELOG become pages, and so does each program of doc/example with what it prints; links to them follow.
"""

import html
import pathlib
import re
import shutil
import subprocess
import sys
import urllib.parse

doc = pathlib.Path(__file__).resolve().parent.parent
top = doc.parent
target = top / "build" / "website"
source = target / "source"
pages = {top / "README.md": "index.md", top / "CONTRIBUTING.md": "contributing.md", top / "CHANGELOG.md": "changelog.md"}
pages |= {page: str(page.relative_to(doc)) for page in doc.rglob("*.md")}
programs = {page: f"example/{page.stem}.md" for page in sorted((doc / "example").glob("*.cpp"))}


def linked(page, text):
    """The text with its links to files of the repository made links between the pages of the site."""

    def moved(match):
        path, hash_sign, anchor = match.group(1).partition("#")
        anchor = re.sub("--+", "-", anchor)  # what the site makes of signs between blanks in a heading
        file = (page.parent / path).resolve()
        at = pages.get(file) or programs.get(file)
        if "://" in path:
            return match.group(0)
        if not path:
            return f"](#{anchor})"
        if at is None:
            if file.is_dir():  # stands for what is in it
                file = min(f for f in file.rglob("*") if f.is_file())
            if not file.exists():
                sys.exit(f"{page}: there is no file {path}")
            at = str(file.relative_to(doc)) if file.is_relative_to(doc) else f"repository/{file.relative_to(top)}"
            (source / at).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, source / at)
        up = "../" * pages[page].count("/")
        return f"]({up}{at}{hash_sign}{anchor})"

    blocks = re.split(r"(?ms)(^```.*?^```$|`[^`\n]+`)", text)  # links in code stay
    text = "".join(b if b.startswith("`") else re.sub(r"\]\(([^()\s]+)\)", moved, b) for b in blocks)
    return re.sub(r"!\[[^\]]*\]\(([^()]+\.svg)\)", r"[\g<0>](\1)", text)  # a picture opens in its full size


def main():
    shutil.rmtree(target, ignore_errors=True)
    for folder in ("picture", "website"):
        shutil.copytree(doc / folder, source / folder)
    shutil.copytree(doc / "example" / "data", source / "example" / "data")
    contents = (doc / "website" / "mkdocs.yml").read_text()
    for page, at in pages.items():
        if at not in contents and page.name != "README.md":
            sys.exit(f"{page} is not named in doc/website/mkdocs.yml")
        (source / at).parent.mkdir(parents=True, exist_ok=True)
        (source / at).write_text(linked(page, page.read_text()))
    for program, at in programs.items():
        text = f"# {program.stem}\n\n```cpp\n{program.read_text()}```\n"
        output = program.with_suffix(".out")
        if output.exists():
            text += f"\nIt prints\n\n```text\n{output.read_text()}```\n"
        (source / at).write_text(text)
    subprocess.run(["mkdocs", "build", "--strict", "--quiet", "-f", doc / "website" / "mkdocs.yml"], check=True)
    return dead_links(target / "site")


def dead_links(site):
    """The number of links inside the finished site that lead to no file or no anchor; each is printed."""
    texts = {file: file.read_text() for file in site.rglob("*.html") if file.name != "404.html"}
    anchors = {file: set(re.findall(r'\bid="([^"]*)"', text)) for file, text in texts.items()}
    dead = 0
    for file, text in texts.items():
        for link in re.findall(r'\b(?:href|src)="([^"]*)"', text):
            path, _, anchor = urllib.parse.unquote(html.unescape(link)).partition("#")
            at = (file.parent / path).resolve() if path else file
            if "://" in link or link.startswith(("data:", "mailto:")) or path == ".":
                continue
            if not at.exists() or (anchor and anchor not in anchors.get(at, ())):
                print(f"{file.relative_to(site)}: {link} leads nowhere", file=sys.stderr)
                dead += 1
    print(f"{target}/site/index.html: {len(texts)} pages, {dead} dead links")
    return dead


if __name__ == "__main__":
    sys.exit(min(main(), 1))
