# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The stand-in for Python that plays start in does what Python does."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import ansible
import pytest
from ansible_collections.threema.work.plugins.module_utils import _errors
from ansible_collections.threema.work.tests.support.interpreter import NOT_WANTED, interpreter

pytestmark = pytest.mark.skipif(NOT_WANTED in os.environ, reason=f"{NOT_WANTED} says that Python itself is used")
#: What a program can see of how it was started.
_SHOW: t.Final = """
import json, os, signal, sys
umask = os.umask(0)
loaded = "ansible.module_utils.basic" in sys.modules
sees = [sys.argv, __name__, os.getcwd(), umask, os.environ.get("TOLD"), sys.flags.optimize]
tty = [stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr)]
signals = [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGCHLD)]
place = globals().get("__file__"), sys.path
print(json.dumps([sees, tty, sys.stdin.encoding, place, signals, sys.executable, loaded]))
sys.stderr.write("said\\n")
sys.exit(3)
"""
#: All that decides what code does and where an error in it is said to be, and the tree of what has the same source.
_COMPILE: t.Final = """
import ast, json, sys
def constant(one):
    if hasattr(one, "co_code"):
        return shown(one)
    return sorted(map(repr, one)) if isinstance(one, frozenset) else repr(one)
def shown(code):
    constants = [constant(one) for one in code.co_consts]
    lines = list(code.co_lines())
    return [code.co_filename, code.co_name, code.co_flags, code.co_code.hex(), code.co_names, constants, lines]
source = open(sys.argv[1], "rb").read()
options = eval(sys.argv[2])
made = compile(*options) if isinstance(options, tuple) else compile(**options)
print(json.dumps(shown(made) if hasattr(made, "co_code") else ast.dump(made, include_attributes=True)))
"""


def _shown(python: str, *args: str, folder: Path, script: str = "", **variables: str) -> tuple[list[t.Any], t.Any]:
    done = subprocess.run(
        [python, *args],
        cwd=folder,
        env={**os.environ, **variables},
        input=script,
        capture_output=True,
        text=True,
        check=False,
        umask=0o27,
    )
    *seen, executable, loaded = json.loads(done.stdout)
    assert executable == python or not loaded
    return [*seen, done.returncode, done.stderr], loaded


@pytest.mark.parametrize(
    ("args", "variables", "stands_in"),
    [
        pytest.param(["-"], {}, True, id="stdin"),
        pytest.param(["-", "an argument"], {"TOLD": "\u00fc"}, True, id="arguments"),
        pytest.param([], {}, True, id="nothing"),
        pytest.param(["script.py", "-x"], {}, True, id="file"),
        pytest.param(["-m", "script", "-x"], {}, True, id="module"),
        pytest.param(["-O", "script.py"], {}, False, id="option"),
        pytest.param(["-O", "-m", "script"], {}, False, id="option of a module"),
        pytest.param(["-c", _SHOW], {}, False, id="command"),
        pytest.param(["script.py"], {"PYTHONOPTIMIZE": "1"}, False, id="variable"),
        pytest.param(["script.py"], {"LANGUAGE": "xx"}, False, id="language"),
    ],
)
def test_a_program_sees_the_same(tmp_path: Path, args: list[str], variables: dict[str, str], stands_in: bool) -> None:
    (tmp_path / "script.py").write_text(_SHOW, encoding="utf-8")
    script = _SHOW if args[:1] in ([], ["-"]) else ""
    real, _loaded = _shown(sys.executable, *args, folder=tmp_path, script=script, **variables)
    ours, loaded = _shown(interpreter(), *args, folder=tmp_path, script=script, **variables)
    assert ours == real
    assert loaded is stands_in


@pytest.mark.parametrize(
    "options",
    [
        pytest.param("source, 'in/archive.py', 'exec', 0, True", id="code"),
        pytest.param(
            "{'source': source, 'filename': 'x', 'mode': 'exec', 'flags': 0, 'dont_inherit': True}", id="by name"
        ),
        pytest.param("source, 'x', 'exec', ast.PyCF_ONLY_AST", id="tree"),
        pytest.param("source + b'added = 1', 'x', 'exec', 0, True", id="other code"),
        pytest.param("source + b'added = 1', 'x', 'exec', ast.PyCF_ONLY_AST", id="other tree"),
        pytest.param("source.decode(), b'x', 'exec', 0, True", id="text"),
        pytest.param("source, 'x', 'exec', 0, True, 2", id="without docstrings"),
        pytest.param("ast.parse(source, 'x'), 'x', 'exec'", id="of a tree"),
        # What the stand-in is written with is not passed on.
        pytest.param("b'def named(that: this): pass', 'x', 'exec'", id="inherited"),
    ],
)
def test_what_it_compiled_before_is_the_same(options: str) -> None:
    """It keeps what Python made of the plugins."""
    real, ours = (
        subprocess.run(
            [python, "-", _errors.__file__, options], input=_COMPILE, capture_output=True, text=True, check=True
        )
        for python in (sys.executable, interpreter())
    )
    assert json.loads(ours.stdout) == json.loads(real.stdout)


@pytest.mark.parametrize("name", ["base.yml", "ansible_builtin_runtime.yml"])
@pytest.mark.parametrize(
    "loaded",
    [
        pytest.param("yaml.load(source, Loader=yaml.CSafeLoader)", id="types"),
        pytest.param("yaml.load(source, yaml.CBaseLoader)", id="texts"),
        pytest.param("yaml.load(source + b'\\nadded: 1', yaml.CBaseLoader)", id="other texts"),
        pytest.param("yaml.load(open(path, 'rb'), yaml.CSafeLoader)", id="file"),
        pytest.param("[yaml.load(source, yaml.CSafeLoader).clear(), yaml.load(source, yaml.CSafeLoader)]", id="again"),
    ],
)
def test_what_it_read_before_is_the_same(name: str, loaded: str) -> None:
    """It keeps what files of Ansible's hold."""
    path = f"{Path(ansible.__file__).parent}/config/{name}"
    script = f"path = {path!r}; import json, yaml; source = open(path, 'rb').read(); print(json.dumps({loaded}))"
    real, ours = (
        subprocess.run([python, "-"], input=script, capture_output=True, text=True, check=True)
        for python in (sys.executable, interpreter())
    )
    assert json.loads(ours.stdout) == json.loads(real.stdout)


def test_it_makes_nothing_twice() -> None:
    """What has the same source has the same tree and the same parts, and YAML of Ansible's is not parsed at all."""
    script = f"""
import ast, yaml
source = open({_errors.__file__!r}, "rb").read()
codes = [compile(source, name, "exec", 0, True).co_names for name in ("x", "y")]
trees = [compile(source, "x", "exec", ast.PyCF_ONLY_AST) for _ in range(2)]
print(codes[0] is codes[1], trees[0] is trees[1])
del yaml.constructor.BaseConstructor.get_single_data
path = {str(Path(ansible.__file__).parent / "config/base.yml")!r}
with open(path, "rb") as file:
    print(yaml.load(file, yaml.CSafeLoader) == yaml.load(open(path, "rb").read(), yaml.CSafeLoader))
"""
    done = subprocess.run([interpreter(), "-"], input=script, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"] * 3


@pytest.mark.parametrize(
    ("place", "mistake"),
    [
        pytest.param("modules", "def :", id="syntax"),
        pytest.param("modules", "unknown_name", id="name"),
        pytest.param("modules", "\0", id="null byte"),
        pytest.param("module_utils", "def :", id="syntax of a helper"),
    ],
)
def test_a_mistake_in_a_plugin_stops_no_other_test(tmp_path: Path, place: str, mistake: str) -> None:
    """Who made it is told by the tests of that plugin."""
    parts = [Path(_errors.__file__).parents[1], Path(__file__).parents[1] / "support"]
    for folder, name in zip(parts, ("plugins", "tests/support")):
        shutil.copytree(folder, tmp_path / "ansible_collections/threema/work" / name)
    wrong = tmp_path / f"ansible_collections/threema/work/plugins/{place}/wrong.py"
    wrong.write_text(mistake, encoding="utf-8")
    script = """
import subprocess
from ansible_collections.threema.work.tests.support.interpreter import interpreter
print(subprocess.run([interpreter(), "-"], input=b"import sys; print('requests' in sys.modules)").returncode)
"""
    started = [sys.executable, "-c", script]
    done = subprocess.run(
        started,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout.split(), done.stderr) == (["True", "0"], "")


@pytest.mark.parametrize(
    "ending",
    [
        "raise SystemExit('no')",
        "raise SystemExit",
        "raise SystemExit('')",
        "import os; os.kill(os.getpid(), 15)",
        "import os; os.kill(os.getpid(), 9)",
        "1/0",
        "print(end=1)",
    ],
)
def test_it_ends_as_the_program_does(ending: str) -> None:
    script = f"import atexit; atexit.register(print, 'end')\n{ending}\n"
    real, ours = (
        subprocess.run([python, "-"], input=script, capture_output=True, text=True, check=False)
        for python in (sys.executable, interpreter())
    )
    assert (ours.returncode, ours.stdout) == (real.returncode, real.stdout)
    assert ours.stderr.splitlines()[-1:] == real.stderr.splitlines()[-1:]


def test_no_program_is_left_behind(tmp_path: Path) -> None:
    """A test that gives up kills the client; the program must end too, and the next one starts."""
    alive = tmp_path / "alive"
    script = f"import os, time\nopen({str(alive)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    with subprocess.Popen([interpreter(), "-"], stdin=subprocess.PIPE, text=True) as started:
        assert started.stdin
        started.stdin.write(script)
        started.stdin.close()
        end = time.monotonic() + 20
        while not (alive.exists() and alive.read_text(encoding="utf-8")):
            assert time.monotonic() < end
            time.sleep(0.02)
        started.send_signal(signal.SIGKILL)
    assert subprocess.run([interpreter(), "-"], input="raise SystemExit(5)", text=True, check=False).returncode == 5
    program = int(alive.read_text(encoding="utf-8"))
    while _runs(program):
        assert time.monotonic() < end
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
