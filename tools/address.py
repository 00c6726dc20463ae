# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address of the repository. ``galaxy.yml`` has it, and everything else is made from it.

Without an argument, it names each file that has another one. With an address, it writes that everywhere::

    python3 tools/address.py https://github.com/OWNER/NAME

``--publishable`` fails as long as the address is the one that was invented before the repository existed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import typing as t
from pathlib import Path

_GALAXY: t.Final = "galaxy.yml"
_ROOT: t.Final = Path(__file__).resolve().parents[1]
_REPOSITORY: t.Final = re.compile(r"^repository: (https://[^/\s]+/([^/\s]+)/([^/\s]+))$", re.MULTILINE)
_ADDRESS: t.Final = re.compile(r"https://[\w.-]+(?::\d+)?/[\w-]+/[\w.-]*\w")
#: Invented: nobody here owns it. In two parts, so that writing another address leaves it as it is.
_INVENTED: t.Final = "https://github.com/threema-work/" + "ansible-collection-threema.work"
#: Where the checklist for a first publication stands.
_CHECKLIST: t.Final = re.compile(r"^## Before the first publication\n(.*?)(?=^## )", re.MULTILINE | re.DOTALL)


class Address(t.NamedTuple):
    """Where the repository is."""

    url: str
    owner: str
    name: str

    @property
    def slug(self) -> str:
        """Owner and name, as in the address of a file."""
        return f"{self.owner}/{self.name}"


def address_of(root: Path) -> Address:
    """The address in galaxy.yml."""
    found = _REPOSITORY.search((root / _GALAXY).read_text(encoding="utf-8"))
    if not found:
        raise SystemExit(f"{_GALAXY}: repository is no address such as https://github.com/OWNER/NAME.")
    return Address(*found.groups())


def is_invented(root: Path) -> bool:
    """Whether it is still the address that nobody owns."""
    return address_of(root).url == _INVENTED


def checklist(root: Path) -> str:
    """What is left to do before a first publication."""
    found = _CHECKLIST.search((root / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    return found[1].strip() if found else ""


def _texts(root: Path) -> t.Iterator[tuple[str, str]]:
    """The text files that Git knows."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in sorted(filter(None, set(names))):
        if (root / name).is_file() and not (root / name).is_symlink():
            data = (root / name).read_bytes()
            if b"\0" not in data:
                yield name, data.decode("utf-8", "surrogateescape")


def others(root: Path) -> list[str]:
    """The files with an address, or an owner, that is not that of galaxy.yml."""
    address = address_of(root)
    invented = _INVENTED.split("/")
    host = re.escape(address.url.removesuffix(address.slug))
    slug = re.compile(rf"(?<={host})[\w-]+/{re.escape(address.name)}\b|[\w-]+/{re.escape(invented[4])}\b")
    handle = re.compile(rf"@({address.owner}|{invented[3]})\b")
    return [
        name
        for name, text in _texts(root)
        if {*slug.findall(text)} - {address.slug} or {*handle.findall(text)} - {address.owner}
    ]


def write(root: Path, url: str) -> list[str]:
    """Put another address into all files; returns their names."""
    old, new = address_of(root), Address(url, *url.split("/")[-2:])
    changed = []
    for name, text in _texts(root):
        other = text.replace(old.url, new.url).replace(old.slug, new.slug)
        other = re.sub(rf"@{re.escape(old.owner)}\b(?!-)", f"@{new.owner}", other)
        if other != text:
            (root / name).write_bytes(other.encode("utf-8", "surrogateescape"))
            changed.append(name)
    return changed


def main(arguments: t.Sequence[str] | None = None) -> int:
    """0; 1 if a file has another address, or if it may not be published; 2 for an argument that is none."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=_ROOT, help="the checkout")
    parser.add_argument("--publishable", action="store_true", help="fail while the address is the invented one")
    parser.add_argument("address", nargs="?", help="https://HOST/OWNER/NAME")
    options = parser.parse_args(arguments)
    if options.address is not None:
        if not _ADDRESS.fullmatch(options.address):
            parser.error(f"{options.address!r} is no address such as https://github.com/OWNER/NAME")
        print(*write(options.root, options.address), sep="\n")
    if options.publishable and is_invented(options.root):
        print(f"{_GALAXY}: nobody owns {_INVENTED}. This is not to be published:\n\n{checklist(options.root)}")
        return 1
    wrong = others(options.root)
    for name in wrong:
        print(f"{name}: the repository has another address, {address_of(options.root).url}; see tools/address.py.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
