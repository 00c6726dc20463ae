# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps what is made of files that each play reads anew: code, as modules come as archives of source, and YAML."""

# No annotations from the future here: Python would pass them on to what is compiled for others.
import ast
import builtins
import contextlib
import marshal
import types
import typing as t
from pathlib import Path

import yaml


class Compiler:
    """Takes the place of ``compile``, and knows what it makes of some files.

    What its callers have imported from the future is not passed on.
    """

    def __init__(self, paths: t.Iterable[Path]) -> None:
        """Compile these files as Ansible does to see what they import, and as Python does to import them.

        A file that is no Python is left to who imports it.
        """
        self._compile = compile
        self._trees: dict[bytes, ast.AST] = {}
        self._codes: dict[bytes, types.CodeType] = {}
        for path in paths:
            source = path.read_bytes()
            # Before Python 3.12, a null byte is no error of the syntax.
            with contextlib.suppress(SyntaxError, ValueError):
                self._trees[source] = compile(source, str(path), "exec", ast.PyCF_ONLY_AST)
                self._codes[source] = compile(source, str(path), "exec", dont_inherit=True)

    def install(self) -> None:
        """Let this process use it, and all that part from it."""
        builtins.compile = self  # type: ignore[assignment]

    def __call__(
        self,
        source: t.Any,
        filename: t.Any,
        mode: str,
        flags: int = 0,
        dont_inherit: bool = False,
        optimize: int = -1,
        **more: t.Any,
    ) -> t.Any:
        """See ``compile``."""
        if isinstance(source, bytes) and isinstance(filename, str) and mode == "exec" and optimize == -1 and not more:
            if flags == ast.PyCF_ONLY_AST and source in self._trees:
                return self._trees[source]
            if not flags and source in self._codes:
                return _moved(self._codes[source], filename)
        return self._compile(source, filename, mode, flags, dont_inherit, optimize, **more)


def _moved(code: types.CodeType, path: str) -> types.CodeType:
    """The same code, of a file in another place."""
    constants = tuple(_moved(one, path) if isinstance(one, types.CodeType) else one for one in code.co_consts)
    return code.replace(co_filename=path, co_consts=constants)


class YamlLoader:
    """Takes the place of ``yaml.load``, and knows what it makes of some files, which hold plain data."""

    def __init__(self, paths: t.Iterable[Path]) -> None:
        """Read these files as ansible-core does: with the types of YAML, or all as text."""
        self._load = yaml.load
        self._sources = {str(path): path.read_bytes() for path in paths}
        self._made = {
            (source, loader): marshal.dumps(yaml.load(source, loader))
            for source in self._sources.values()
            for loader in (yaml.CSafeLoader, yaml.CBaseLoader)
        }

    def install(self) -> None:
        """Let this process use it, and all that part from it."""
        yaml.load = self

    def __call__(self, stream: t.Any, Loader: t.Any) -> t.Any:  # noqa: N803
        """See ``yaml.load``."""
        source = stream if isinstance(stream, bytes) else self._sources.get(getattr(stream, "name", None))
        made = self._made.get((source, Loader))
        return marshal.loads(made) if made else self._load(stream, Loader)
