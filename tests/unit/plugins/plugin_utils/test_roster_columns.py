# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the header row to the columns: what headings are taken for, what stays with the person, what is refused."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.threema.work.plugins.plugin_utils._columns import KNOWN_COLUMNS
from ansible_collections.threema.work.plugins.plugin_utils._people import to_credentials
from ansible_collections.threema.work.plugins.plugin_utils._reader.catalogue import catalogue
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable, one_slip
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems


@pytest.mark.parametrize(
    "heading",
    [
        "First Name",
        "first-name",
        " FIRST_NAME ",
        "First\xa0name",
        "firstName",
        "First.Name",
        '"First\nname"',
        "Given name",
        "Vorname",
        "Prénom",
        "Prénom",
        "th_firstname",
        "TH-FirstName",
        "First\u200bname",
    ],
)
def test_headings_of_the_first_name(heading: str) -> None:
    found = people(f"username,{heading}\njo,Jo\n")
    assert to_credentials(found) == [{"username": "jo", "settings": {"th_firstname": "Jo"}}]


@pytest.mark.parametrize(
    "heading",
    [
        "login",
        "uid",
        "Benutzername",
        "SamAccountName",
        "User-Name",
        "Identifiant",
        "Nom d'utilisateur",
        "Nome utente",
        "Login.name",
        "Anmeldename",
    ],
)
def test_headings_of_the_username(heading: str) -> None:
    found = details(f"{heading};email\njo;x\n")
    assert found["people"] == [{"username": "jo", "email": "x"}]
    assert found["source"]["username_heading"] == heading
    assert found["source"]["used"] == {heading: ["username"]}
    assert found["source"]["ignored"] == ["email"]


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (
            "Vorname;Nachname;Abteilung;Funktion;Personalnummer",
            "first_name last_name department job_title employee_number",
        ),
        ("Name;Vorname", "last_name first_name"),
        ("Nom;Prénom;Service;Matricule", "last_name first_name department employee_number"),
        ("Cognome;Nome;Reparto;Matricola", "last_name first_name department employee_number"),
        ("givenName;sn;employeeID;jobTitle", "first_name last_name employee_number job_title"),
        ("Category;Spitzname;Valid until", "categories nickname valid_until"),
    ],
)
def test_other_names_of_columns(headings: str, columns: str) -> None:
    names = columns.split()
    cells = ["2099-12-31" if name == "valid_until" else name for name in names]
    (person,) = people(f"login;{headings}\njo;{';'.join(cells)}\n")
    assert person == {"username": "jo", **dict(zip(names, cells))}


@pytest.mark.parametrize(
    "heading", ["Name", "Nom", "Nome", "Service", "title", "Titel", "displayName", "e-mail", "UPN"]
)
def test_names_that_may_mean_something_else_are_not_taken(heading: str) -> None:
    assert people(f"username,{heading}\njo,x\n") == [{"username": "jo", heading: "x"}]


def test_name_beside_a_heading_of_the_last_name_is_another_one() -> None:
    assert people("username;Vorname;Nachname;Name\njo;Jo;Li;Jo Li\n") == [
        {"username": "jo", "first_name": "Jo", "last_name": "Li", "Name": "Jo Li"}
    ]


@pytest.mark.parametrize(
    "heading",
    [
        "email",
        "phone",
        "location",
        "gender",
        "manager",
        "Standort",
        "Kostenstelle",
        "apartment",
        "passport",
        "department_id",
        "id",
        "country",
        "title",
        "cost center",
        "Department ID",
        "th_a_newer_parameter",
        "Surname 2",
        "E-Mail (privat)",
    ],
)
def test_ordinary_other_headings_stay(heading: str) -> None:
    found = details(f"username,department,{heading}\njo,,x\n")
    assert found["people"] == [{"username": "jo", heading: "x"}]
    assert heading in [*found["source"]["ignored"], *found["source"]["used"]]


def test_two_columns_of_one_heading_are_left_out() -> None:
    found = details("username,email,email,Mail\njo,x,y,z\n")
    assert found["people"] == [{"username": "jo", "Mail": "z"}]
    assert found["source"]["ignored"] == ["email", "email", "Mail"]


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("userrname", "username"),
        ("fristname", "first_name"),
        ("job titel", "job_title"),
        ("departmnet", "department"),
        ("Benutzernmae", "benutzername"),
        ("Abteilug", "abteilung"),
        ("Prénmo", "prénom"),
        ("Personalnumer", "personalnummer"),
        ("valid_form", "valid_from"),
        ("threema_pasword", "threema_password"),
        ("th_fristname", "th_firstname"),
    ],
)
def test_a_slip_of_the_keyboard_is_refused(heading: str, known: str) -> None:
    found = problem(f"login,email,{heading}\njo,,\n")
    assert found.startswith(f"row 1: column 3 {heading!r} is nearly {known!r}: rename it, or map it")
    assert people(f"login,email,{heading}\njo,,\n", columns={heading: None}) == [{"username": "jo", "email": ""}]


@pytest.mark.parametrize(
    ("first", "second", "slip"),
    [
        ("vorname", "vornmae", True),
        ("vorname", "vorame", True),
        ("vorname", "vornname", True),
        ("vorname", "vorname", False),
        ("vorname", "vorname2", False),
        ("vorname", "2vorname", False),
        ("vorname", "v0rname", False),
        ("vorname", "vroname", True),
        ("vorname", "vrnoame", False),
        ("nachname", "nachnames", True),
        ("vorname", "zunamen", False),
    ],
)
def test_what_a_slip_is(first: str, second: str, slip: bool) -> None:
    assert one_slip(first, second) is slip


def test_a_slip_is_one_from_both_sides() -> None:
    names = ["vorname", "vornmae", "vorame", "vornname", "vorname2", "vroname", "zunamen"]
    assert [(a, b) for a in names for b in names if one_slip(a, b) is not one_slip(*reversed((a, b)))] == []


def test_impossible_names_of_parameters() -> None:
    assert problem("username,th_größe\njo,x\n").startswith(
        "row 1: column 2 'th_größe' cannot be the name of a parameter"
    )


def test_the_option_columns_goes_first() -> None:
    text = "login;Email;Rufname;Vorname;Category\njo;j@x.example;Jo;Josef;A\n"
    found = details(
        text,
        columns={"e-mail": ["username", "th_linked_email"], "rufname": "first_name", "Category": None},
    )
    assert found["people"] == [{"username": "j@x.example", "th_linked_email": "j@x.example", "first_name": "Jo"}]
    assert found["source"]["used"] == {"Email": ["username", "th_linked_email"], "Rufname": ["first_name"]}
    assert found["source"]["ignored"] == ["login", "Vorname", "Category"]
    assert found["source"]["username_heading"] == "Email"


@pytest.mark.parametrize("columns", ["Kürzel: username\n", '{"Kürzel": "username"}', "{Kürzel: [username]}"])
def test_columns_as_text(columns: str) -> None:
    assert people("Kürzel,login\njo,x\n", columns=columns) == [{"username": "jo"}]


@pytest.mark.parametrize("columns", ["[Kürzel]", "Kürzel", ["Kürzel"], "{Kürzel: ", "  ", 7])
def test_columns_that_are_no_dictionary(columns: object) -> None:
    assert problem("Kürzel\njo\n", columns=columns).startswith("columns: ")


def test_wrong_columns_are_named_together() -> None:
    columns: dict[t.Any, t.Any] = {
        "Vorname": "firstname",
        "Ort": "town",
        "x": 1,
        3: "username",
        "vorname": "nickname",
        "y": [],
    }
    found = problems("username;Vorname\njo;x\n", columns=columns)
    assert found[0] == "columns: 'firstname', for 'Vorname', is not a known column; did you mean 'first_name'?"
    assert "'town', for 'Ort', is not a known column; use one of username, employee_number," in found[1]
    assert found[2] == found[3] == "columns: headings and columns must be strings; put them in quotation marks"
    assert found[4] == "columns: the heading 'vorname' occurs twice; keep one of them"
    assert found[5] == "columns: 'y' has an empty list; write null to ignore that heading"
    assert "did you mean 'valid_from'?" in problem("username\njo\n", columns={"x": "validFrom"})
    assert problem("username;Vorname\njo;x\n", columns={"Nachname": "last_name"}) == (
        "columns: there is no heading 'Nachname' in row 1; the headings are 'username', 'Vorname'"
    )


def test_two_headings_for_one_column_are_refused_with_what_to_write() -> None:
    text = "login,uid,First name,Vorname,Vorname\njo,7,a,b,c\n"
    found = problems(text)
    assert found[0].startswith(
        "row 1: column 1 'login' and column 2 'uid' would both be the column 'username'; specify which one"
    )
    assert "{'login': 'username'}" in found[0]
    assert "column 3 'First name' and column 4 'Vorname' and column 5 'Vorname'" in found[1]
    assert people(text, columns={"login": "username", "First name": "first_name"}) == [
        {"username": "jo", "first_name": "a"}
    ]
    assert "rename one of them in the list" in problem("username,Vorname,Vorname\njo,b,c\n")


def test_a_heading_without_a_single_value_is_no_second_one() -> None:
    found = details("Benutzername;username;Vorname;First name\n;jo;Jo; \n;li;;\n")
    assert found["people"] == [{"username": "jo", "first_name": "Jo"}, {"username": "li"}]
    assert found["source"]["ignored"] == ["Benutzername", "First name"]
    assert people("login;uid;first_name;Vorname\njo;;;\n") == [{"username": "jo"}]
    assert problem("login;uid;note\njo;;x\n", columns={"uid": "username"}).startswith("row 2, column 2 'uid': the user")


@pytest.mark.parametrize("name", KNOWN_COLUMNS[-4:])
def test_columns_that_open_doors_are_taken_only_where_somebody_says_so(name: str) -> None:
    cell = {"password": "Sommer-2026", "license_count": 3}.get(name, True)
    for heading in (name, name.title(), name.replace("_", "-")):
        found = details(f"username,{heading}\njo,{cell}\n")
        assert found["people"] == [{"username": "jo"}]
        assert found["source"]["ignored"] == [heading]
        (warning, *_more) = found["source"]["warnings"]
        assert f"'{heading}' was not taken" in warning
        assert f"name it threema_{name}" in warning
        assert people(f"username,{heading}\njo,{cell}\n", columns={heading: name}) == [{"username": "jo", name: cell}]
    assert people(f"username,Threema {name}\njo,{cell}\n") == [{"username": "jo", name: cell}]


@pytest.mark.parametrize(
    "heading",
    [
        "Passwort",
        "passwd",
        "pass_word",
        "Initial password [passwordProfile] Required",
        "Kennwort",
        "mot de passe",
        "PIN",
        "pwd",
        "unlocked",
        "lock",
        "Hash",
        "licence_count",
        "Auth Token",
        "Parola d'ordine",
    ],
)
def test_secrets_and_what_is_near_to_a_door_are_left_out(heading: str) -> None:
    found = details(f"username,{heading},note\njo,Sommer-2026,x\n")
    assert found["people"] == [{"username": "jo", "note": "x"}]
    assert heading in found["source"]["ignored"]
    assert "Sommer" not in str(found)


def test_the_opposite_of_a_door_is_no_slip_of_it() -> None:
    (warning, status) = details("username,Unlocked\njo,yes\nli,no\n")["source"]["warnings"]
    assert "write a column threema_locked with the opposite values" in warning and "name it" not in warning
    assert status.startswith("column 2 'Unlocked' looks like a status")
    found = problem("username,x\njo,yes\n", columns={"x": "unlocked"})
    assert found == "columns: 'unlocked', for 'x', is the opposite of 'locked', and no known column"
    with pytest.raises(ValueError, match="the key 'unlocked' is the opposite of 'locked': write locked with the other"):
        to_credentials([{"username": "jo", "unlocked": True}])


def test_at_most_twenty_headings_are_shown_each_cut() -> None:
    text = "username," + ",".join(f"h{number}{'x' * 99}" for number in range(40)) + "\njo" + "," * 40 + "\n"
    for options in ({"where": {"y": 1}}, {"where_not": {"y": 1}}, {"columns": {"y": "nickname"}}):
        found = problem(text, **options)
        assert "and 21 more" in found and "x" * 60 not in found and "h18" in found and "h19" not in found


@pytest.mark.parametrize("options", [{"where": {"Zustand": "x"}}, {"columns": {"Zustand": "nickname"}}])
def test_a_row_that_is_wrongly_named_as_the_header_row_is_not_shown(options: dict[str, t.Any]) -> None:
    text = "login;Vorname;Status;E-Mail\nuid;Zoe;busy;z@x.example\nb;B;busy;b@x.example\n"
    found = problem(text, header_row=2, **options)
    assert "the headings are 'uid' and 3 others" in found and "Zoe" not in found and "z@x" not in found
    assert "'Vorname', 'Status'" in problem(text.replace("uid", "u"), header_row=1, **options)


def test_what_is_ignored_does_not_come_back_by_its_heading() -> None:
    text = "username,nickname,Category,th_csi,password,Locked,note\njo,a,b,c,d,yes,e\n"
    columns = dict.fromkeys(("nickname", "Category", "th_csi"))
    assert people(text, columns=columns) == [{"username": "jo", "note": "e"}]
    # Somebody else's heading is the column, so that this one is not.
    columns = {"note": "nickname", "Category": None, "th_csi": None}
    assert people(text, columns=columns) == [{"username": "jo", "nickname": "e"}]


@pytest.mark.parametrize("heading", ["new_username", "state", "identity"])
def test_options_of_the_modules_are_no_columns(heading: str) -> None:
    text = f"username,{heading},{heading.title()}\njo,Bern,Bern\nli,,\n"
    assert problem(text).startswith(f"row 1: column 2 {heading!r} is an option of the modules")
    assert (
        people(text, columns={heading: None})
        == people(text.replace(heading, heading.upper(), 1), columns={})
        == [
            {"username": "jo"},
            {"username": "li"},
        ]
    )


@pytest.mark.parametrize("word", ["present", "Absent", " keep ", "detach", "REVOKE"])
def test_words_of_the_modules_in_a_column_that_is_called_like_an_option(word: str) -> None:
    text = f"username,State\njo,Bern\nli,{word}\n"
    assert problem(text).startswith("row 3, column 2 'State': this is a value of a module option")
    assert problem(text, bad_rows="skip")
    assert people(text, columns={"State": None})
    assert people(text, columns={"State": "th_department"})[0] == {"username": "jo", "th_department": "Bern"}
    assert people(text, where_not={"State": word}) == [{"username": "jo"}]


def test_a_parameter_given_twice() -> None:
    text = "username,first_name,th_firstname\njo,Jo,Jo\nli,Li,\nmo,Mo,Moritz\n"
    assert problem(text) == (
        "row 4: first_name and th_firstname set the same parameter to different values; keep one of them"
    )
    assert len(people(text.replace("Moritz", "Mo"))) == 3


def test_the_catalogue() -> None:
    names = catalogue()
    assert set(names.columns.values()) | {column for column, _others in names.beside.values()} <= set(KNOWN_COLUMNS)
    assert not set(names.columns) & set(names.beside)
    assert not [name for name in names.columns if names.is_secret(name)]
    assert not set(names.columns) & {comparable(name) for name in KNOWN_COLUMNS}
    assert not {"password", "locked", "hashed", "license_count"} & set(names.columns.values())
    # The export writes columns of unknown parameters, which must not be taken for something else.
    assert not [name for name in (*names.columns, *names.beside) if name.startswith("th") and name.isascii()]
