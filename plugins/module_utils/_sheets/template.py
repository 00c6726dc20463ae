# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Sheets from an own Jinja2 template, in a sandbox, with everything escaped that the template does not mark as safe."""

from __future__ import annotations

import sys
import traceback
import typing as t

try:
    from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import ImmutableSandboxedEnvironment
    from markupsafe import Markup
except ImportError:
    HAS_JINJA2 = False
else:
    HAS_JINJA2 = True

from .._errors import Refused
from .._files import HOST, read_file
from .._repeats import contains_part, contains_secret
from .._text import extract, shown
from .names import MARK
from .page import Frame, logo_uri
from .people import Sheet, grouped

_MAX_BYTES: t.Final = 1_000_000
#: So many characters of a password in a row are a part of it, as one of the groups that a sheet shows.
_PART: t.Final = 4
#: They would make a sheet depend on chance.
_CHANCE: t.Final = ("lipsum", "random")


class SheetTemplate:
    """A template, compiled before anything is requested.

    :param path: the file on the host that executes the module.
    :raises Refused: if it cannot be read or compiled, with its line; or without Jinja2.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        if not HAS_JINJA2:
            raise Refused(
                f"template needs the Python library Jinja2 {HOST}, which is not installed for the interpreter "
                f"{sys.executable}; run: {sys.executable} -m pip install jinja2, or leave template out"
            )
        content = read_file(path, "template", _MAX_BYTES)
        try:
            source = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise self._refused(line, "it is not UTF-8") from None
        environment = ImmutableSandboxedEnvironment(
            autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
        )
        for name in _CHANCE:
            environment.globals.pop(name, None)
            environment.filters.pop(name, None)
        try:
            code = environment.compile(source, path, path)
        except TemplateSyntaxError as error:
            raise self._refused(error.lineno, error.message or "syntax error") from None
        self._template = Template.from_code(environment, code, environment.make_globals(None))

    def document(self, sheets: t.Sequence[Sheet], frame: Frame) -> str:
        """The file with these sheets, beginning with the mark.

        :raises Refused: for an error in the template, with its line.
        """
        try:
            return MARK + self._template.render(
                sheets=[_variables(sheet) for sheet in sheets],
                organization=frame.organization,
                language=frame.language,
                logo=None if frame.logo is None else logo_uri(frame.logo),
            )
        # A template can raise anything that Python can.
        except Exception as error:
            raise self._refused(self._line_of(error), _why(error, sheets)) from None

    def _line_of(self, error: Exception) -> int | None:
        lines = [
            line for frame, line in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == self._path
        ]
        return lines[-1] if lines else None

    def _refused(self, line: int | None, why: str) -> Refused:
        where = f"template: {shown(self._path)}" + (f", line {line}" if line else "")
        return Refused(f"{where}: {why.rstrip('.')}; nothing was written")


def _variables(sheet: Sheet) -> dict[str, t.Any]:
    """The variables of one sheet; the documentation of the option ``template`` lists them."""
    return {
        "username": sheet.username,
        "password": sheet.password,
        "password_groups": grouped(sheet.password),
        "name": sheet.name,
        "first_name": sheet.first_name,
        "last_name": sheet.last_name,
        "language": sheet.language,
        "link": sheet.link,
        "server": sheet.server,
        "qr_svg": None if sheet.code is None else Markup(sheet.code.svg),  # noqa: S704
        "settings": dict(sheet.settings),
    }


def _why(error: Exception, sheets: t.Sequence[Sheet]) -> str:
    """The reason, unless it repeats a part of a password: a template may look something up by one."""
    said = str(error)
    repeats = contains_part(said, [sheet.password for sheet in sheets], _PART)
    if not said or repeats or contains_secret(said, [sheet.link for sheet in sheets]):
        return f"an error of the type {type(error).__name__}"
    return extract(said) if isinstance(error, TemplateError) else f"{type(error).__name__}: {extract(said)}"
