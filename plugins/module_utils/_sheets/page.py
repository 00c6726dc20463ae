# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The sheet that the module brings, as HTML without a template engine, which hosts may not have. Pure.

Everything that comes from the service or from an option passes :func:`_text` or :func:`_typed`: markup is text there.
"""

from __future__ import annotations

import base64
import typing as t
from html import escape

from .. import _png
from .._text import shown
from .names import MARK
from .people import Sheet, can_be_typed, grouped
from .style import STYLE
from .texts import APP, ONPREM, TEXTS, Texts

#: Nothing is loaded, no script runs, no form is sent, whatever a name holds.
_POLICY: t.Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
#: Longer names and passwords are printed smaller, so that 256 characters still fit on the page.
_LONG_NAME: t.Final = 60
#: First and last name of 256 characters; only escapes of what cannot be seen are longer.
_LONGEST_NAME: t.Final = 513
_LONG_TYPED: t.Final = 64
#: With more characters than that in all of them together, everything is printed smaller.
_MUCH: t.Final = 160
#: A longer link is only there to be tapped.
_LONGEST_LINK: t.Final = 300
#: Size of a module of the QR code in mm, and limits of the code's size.
_MODULE: t.Final = 0.95
_CODE: t.Final = (46.0, 84.0)


class Frame(t.NamedTuple):
    """What all sheets of a run share.

    :ivar organization: empty for none.
    :ivar language: of the file with all sheets.
    :ivar logo: a PNG, None for none.
    """

    organization: str
    language: str
    logo: bytes | None


def document(sheets: t.Sequence[Sheet], frame: Frame) -> str:
    """A whole file with a page for each sheet."""
    language = sheets[0].language if len(sheets) == 1 else frame.language
    title = TEXTS[language].title.format(app=_app(sheets[0]))
    pages = "\n".join(_page(sheet, frame) for sheet in sheets)
    return (
        f'{MARK}<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{_logo(frame.logo)}{pages}\n"
        "</body>\n</html>\n"
    )


def logo_uri(logo: bytes) -> str:
    """A PNG as a ``data:`` URI."""
    return f"data:image/png;base64,{base64.b64encode(logo).decode()}"


def _logo(logo: bytes | None) -> str:
    """The logo, once for all pages of a file."""
    if logo is None:
        return ""
    width, height = _png.size(logo)
    return (
        f'<svg width="0" height="0" style="position:absolute" aria-hidden="true">'
        f'<symbol id="logo" viewBox="0 0 {width} {height}" preserveAspectRatio="xMinYMid meet">'
        f'<image href="{logo_uri(logo)}" width="{width}" height="{height}"/>'
        "</symbol></svg>\n"
    )


def _page(sheet: Sheet, frame: Frame) -> str:
    texts = TEXTS[sheet.language]
    app = _text(_app(sheet))
    organization = _text(frame.organization)
    logo = '<svg class="logo" aria-hidden="true"><use href="#logo"/></svg>' if frame.logo is not None else ""
    lead = (texts.lead if organization else texts.lead_alone).format(app=app, organization=f"<bdi>{organization}</bdi>")
    name = shown(sheet.name)
    name = name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
    long = ' class="long"' if len(name) > _LONG_NAME else ""
    much = len(name + sheet.username + sheet.password + frame.organization) > _MUCH
    kind = "page dense" if much else "page"
    return (
        f'<section class="{kind}" lang="{sheet.language}">\n'
        f'<div class="top">{logo}<bdi>{organization}</bdi></div>\n'
        f'<h1{long} dir="auto">{_text(name)}</h1>\n<h2>{texts.title.format(app=app)}</h2>\n'
        f'<p class="lead">{lead}</p>\n<div class="how">\n{_steps(sheet, texts, app)}{_code(sheet, texts)}</div>\n'
        f'<a class="button" href="{escape(sheet.link)}">{texts.button.format(app=app)}</a>\n'
        f'<div class="box">\n<dl>\n{_access(sheet, texts)}</dl>\n{_legend(sheet, texts)}</div>\n'
        f'{_link(sheet)}<p class="safe">{texts.keep_safe}</p>\n</section>'
    )


def _app(sheet: Sheet) -> str:
    return APP if sheet.server is None else ONPREM


def _steps(sheet: Sheet, texts: Texts, app: str) -> str:
    steps = list(texts.steps)
    if sheet.code is None:
        steps[2] = texts.by_hand
    items = "".join(f"<li><b>{heading}</b>{what.format(app=app)}</li>\n" for heading, what in steps)
    return f'<ol class="steps">\n{items}</ol>\n'


def _code(sheet: Sheet, texts: Texts) -> str:
    if sheet.code is None:
        return ""
    smallest, largest = _CODE
    width = f"width:{min(max(sheet.code.modules * _MODULE, smallest), largest):.1f}mm"
    return f'<div class="code" role="img" aria-label="{texts.code}" style="{width}">{sheet.code.svg}</div>\n'


def _access(sheet: Sheet, texts: Texts) -> str:
    server = ""
    if sheet.server is not None:
        server = f'<dt>{texts.server}</dt>\n<dd class="{_class(sheet.server)}">{_typed(sheet.server)}</dd>\n'
    groups = "<wbr>".join(f'<span class="group">{_typed(group)}</span>' for group in grouped(sheet.password))
    return (
        f"{server}<dt>{texts.username}</dt>\n"
        f'<dd class="{_class(sheet.username)}" dir="auto">{_typed(sheet.username)}</dd>\n'
        # In the order in which it is typed, whatever the script.
        f'<dt>{texts.password}</dt>\n<dd class="{_class(sheet.password)}"><bdo dir="ltr">{groups}</bdo></dd>\n'
    )


def _class(typed: str) -> str:
    return "typed long" if len(typed) > _LONG_TYPED else "typed"


def _legend(sheet: Sheet, texts: Texts) -> str:
    """What is what, among the characters of the password that look like others."""
    found = [(one, what) for one, what in texts.lookalikes.items() if one in sheet.password]
    parts = [f"<span><b>{_typed(one)}</b> = {what}</span>" for one, what in found]
    if not can_be_typed(sheet.password):
        parts.append(f"<strong>{texts.untypable}</strong>")
    return f'<p class="legend">{" ".join(parts)}</p>\n' if parts else ""


def _link(sheet: Sheet) -> str:
    if len(sheet.link) > _LONGEST_LINK:
        return ""
    link = escape(sheet.link)
    return f'<p class="link"><a href="{link}">{link}</a></p>\n'


def _text(text: str) -> str:
    """A text from elsewhere, with what cannot be seen escaped."""
    return escape(shown(text))


def _typed(text: str) -> str:
    """A text that is typed or copied: exactly its characters, and each of them to be seen."""
    return "".join(map(_character, text))


def _character(one: str) -> str:
    if one == " ":
        return '<i class="space"> </i>'
    if one.isprintable():
        return escape(one)
    # What HTML cannot contain is only shown; other characters are there to be copied.
    return f'<i class="odd" title="U+{ord(one):04X}">{"" if shown(one).startswith(_NO_HTML) else one}</i>'


_NO_HTML: t.Final = ("\\x", "\\n", "\\r", "\\t", "\\ud")
