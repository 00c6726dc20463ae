# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Logos as files: what a task gives, and what it saves."""

from __future__ import annotations

import base64
import os

from . import _png
from ._errors import Refused


def wanted_logo(src: str | None, content: str | None) -> bytes:
    """The PNG of a file, or of Base64 text.

    :raises Refused: if it cannot be read, or the service would refuse it.
    """
    where = f"src: {src}" if src is not None else "content"
    picture = _read(src) if src is not None else _decode(content or "")
    try:
        _png.check_logo(picture)
    except ValueError as problem:
        raise Refused(f"{where}: {problem}; nothing was written") from None
    return picture


def _read(src: str) -> bytes:
    try:
        with open(src, "rb") as file:
            return file.read()
    except OSError as error:
        raise Refused(f"src: {src} cannot be read on the host where the module runs: {error.strerror}") from None


def _decode(content: str) -> bytes:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except ValueError:
        raise Refused("content is not Base64; encode the PNG file, for example with the filter b64encode") from None


def check_folder(dest: str | None) -> None:
    """:raises Refused: if logos are to be saved where they cannot be."""
    if dest is not None and not (os.path.isdir(dest) and os.access(dest, os.W_OK)):
        raise Refused(f"dest: {dest} is no directory that can be written on the host where the module runs")


def save_logo(dest: str, variant: str, content: bytes | None, *, dry: bool) -> tuple[str | None, bool]:
    """Save a logo; its path, and whether the file changed (or with ``dry`` would).

    :raises Refused: if that fails.
    """
    if content is None:
        return None, False
    path = os.path.join(dest, f"logo-{variant}.png")
    try:
        if os.path.exists(path):
            with open(path, "rb") as file:
                if file.read() == content:
                    return path, False
        if not dry:
            with open(path, "wb") as file:
                file.write(content)
    except OSError as error:
        raise Refused(f"dest: {path} cannot be written: {error.strerror}") from None
    return path, True
