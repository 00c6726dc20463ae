# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue of MDM parameters and the typing of their values."""

from __future__ import annotations

import csv
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._parameters import (
    PARAMETERS,
    SECRET_PARAMETERS,
    coerce,
    is_secret,
)
from ansible_collections.threema.work.tests.support.simulator_process import ROOT
from hypothesis import given
from hypothesis import strategies as st

ANY_VALUE: t.Final = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.lists(st.text())


def test_the_simulator_knows_the_same_parameters() -> None:
    """Two lists, kept by themselves: here and in the simulator."""
    types = {"string": "text", "integer": "integer", "int": "integer", "bool": "boolean", "boolean": "boolean"}
    file = ROOT / "tests/simulator/threema_simulator/mdm-parameters.tsv"
    with file.open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    assert len(rows) == 50
    listed = {row["name"]: types[row["type"]] for row in rows}
    assert listed == {one.name: one.type for one in PARAMETERS.values()}
    for row in rows:
        known = PARAMETERS[row["name"]]
        limits = [int(row[name]) if row[name].isdigit() else None for name in ("min", "max")]
        assert limits == [known.minimum, known.maximum], known
    assert set(PARAMETERS) >= SECRET_PARAMETERS


def test_five_are_ignored_by_the_apps() -> None:
    ignored = {name for name, parameter in PARAMETERS.items() if parameter.ignored_by_apps}
    assert ignored == {
        "th_id_backup",
        "th_id_backup_password",
        "th_license_username",
        "th_license_password",
        "th_safe_password",
    }


@given(st.sampled_from(sorted(PARAMETERS)), ANY_VALUE)
def test_a_typed_value_has_the_type_and_stays_as_it_is(name: str, value: t.Any) -> None:
    try:
        typed, _warnings = coerce(name, value)
    except ValueError as problem:
        assert name in str(problem)
        return
    assert type(typed).__name__ == {"text": "str", "integer": "int", "boolean": "bool"}[PARAMETERS[name].type]
    assert coerce(name, typed)[0] == typed


@pytest.mark.parametrize("name", sorted(SECRET_PARAMETERS))
@pytest.mark.parametrize("value", [True, None, ["Winter-2031!"], {"x": "Winter-2031!"}])
def test_a_problem_with_a_secret_does_not_repeat_it(name: str, value: t.Any) -> None:
    with pytest.raises(ValueError) as caught:
        coerce(name, value)
    assert name in str(caught.value)
    assert "Winter" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "near"),
    [("th_safe_enabled", "th_safe_enable"), ("th_first_name", "th_firstname"), ("th_quite_another_thing", None)],
)
def test_an_unknown_name_is_told_the_nearest_known_one(name: str, near: str | None) -> None:
    value, (warning,) = coerce(name, "yes")
    assert value == "yes"
    assert name in warning
    assert ("did you mean" in warning) is (near is not None)
    assert near is None or near in warning


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, name in SECRET_PARAMETERS) for name in PARAMETERS),
        ("th_safe_pasword", True),
        ("th_id_backupp", True),
        ("th_id_bakcup", True),
        ("th_saf_server_pasword", True),
        ("TH_SAFE_PASWORD", True),
        ("th-safe-pasword", True),
        ("th_new_passwd", True),
        ("th_Secret_x", True),
        ("th_token", True),
        ("th_api_key", True),
        ("th_nickname_of_all", False),
        ("th_nicknam", False),
        ("th_", False),
        ("username", False),
        ("", False),
        (None, False),
        (7, False),
        ("th_id_backup" + "x" * 1000, False),
    ],
)
def test_what_is_secret(name: object, expected: bool) -> None:
    assert is_secret(name) is expected
