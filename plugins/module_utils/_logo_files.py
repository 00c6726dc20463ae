# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Logos as files: reading the logo of a task, and saving logos."""

from __future__ import annotations

import base64
import os

from . import _png
from ._errors import Refused
from ._files import holds, read_file, write_file

#: Far more than an image of 680 x 80 pixels takes, in bytes.
_MAX_LOGO = 10_000_000


def wanted_logo(src: str | None, content: str | None) -> bytes:
    """The PNG from a file, or from a Base64 string.

    :raises Refused: if it cannot be read, or the service would reject it.
    """
    where = f"src: {src}" if src is not None else "content"
    picture = read_file(src, "src", _MAX_LOGO) if src is not None else _decode(content or "")
    try:
        _png.check_logo(picture)
    except ValueError as problem:
        raise Refused(f"{where}: {problem}; nothing was written") from None
    return picture


def _decode(content: str) -> bytes:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except ValueError:
        raise Refused("content is not Base64; encode the PNG file, for example with the filter b64encode") from None


def check_folder(dest: str | None) -> None:
    """:raises Refused: if logos cannot be saved there."""
    if dest is not None and not (os.path.isdir(dest) and os.access(dest, os.W_OK)):
        raise Refused(f"dest: {dest} is not a writable directory on the host that executes the module")


def save_logo(dest: str, variant: str, content: bytes | None, *, dry: bool) -> tuple[str | None, bool]:
    """Save a logo; its path, and whether the file changed (or with ``dry`` would).

    :raises Refused: if that fails.
    """
    if content is None:
        return None, False
    path = os.path.join(dest, f"logo-{variant}.png")
    if holds(path, content):
        return path, False
    if not dry:
        # It is not a secret: everyone who has the app sees it.
        write_file(path, content, mode=0o644)
    return path, True
