# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Profiles: a small list of each system, with the headings that it really has and invented people."""

from __future__ import annotations

import dataclasses
import re
import typing as t

import pytest
from ansible_collections.threema.work.plugins.module_utils._parameters import is_secret
from ansible_collections.threema.work.plugins.plugin_utils._reader import profiles
from ansible_collections.threema.work.plugins.plugin_utils._reader.headings import comparable
from ansible_collections.threema.work.plugins.plugin_utils._reader.kinds import PEOPLE
from ansible_collections.threema.work.tests.generic.utils.collection import ROOT
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem, problems

#: For each profile: headings, rows, and who is on the list with which columns.
LISTS: t.Final[dict[str, tuple[str, dict[str, dict[str, str]]]]] = {
    "entra": (
        "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,"
        "usageLocation,streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,"
        "alternateEmailAddress,ageGroup,consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,"
        "directorySynced,invitationState,identityIssuer,createdDateTime,employeeId\n"
        "mia@x.example,Mia K,Koller,m@x.example,Mia,1,Member,Nurse,Care,True,CH,,present,,,,,,,,,,,,,True,,,,0042\n"
        "off@x.example,Off,Off,,Off,2,Member,,,False,,,,,,,,,,,,,,,,,,,,\n"
        "guest@x.example,Guest,G,,G,3,guest,,,True,,,,,,,,,,,,,,,,,,,,\n",
        {
            "mia@x.example": {
                "first_name": "Mia",
                "last_name": "Koller",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0042",
            }
        },
    ),
    "entra_template": (
        "version:v1.0,,,,,,,,,,,,,,,,\n"
        "Name [displayName] Required,User name [userPrincipalName] Required,"
        "Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,"
        "First name [givenName],Last name [surname],"
        "Job title [jobTitle],Department [department],Usage location [usageLocation],Street address [streetAddress],"
        "State or province [state],Country or region [country],Office [physicalDeliveryOfficeName],City [city],"
        "ZIP or postal code [postalCode],Office phone [telephoneNumber],Mobile phone [mobile]\n"
        "Example: Chris Green,Example: chris@contoso.com,Example: myPassword1234,No,,,,,,,,,,,,,\n"
        "Mia Koller,mia@x.example,Start2026!,No,Mia,Koller,Nurse,Care,CH,,,,,,,,\n"
        "Off,off@x.example,Start2026!,Yes,Off,Off,,,CH,,,,,,,,\n",
        {"mia@x.example": {"first_name": "Mia", "last_name": "Koller", "job_title": "Nurse", "department": "Care"}},
    ),
    "microsoft365": (
        "Block credential,City,Country/Region,Department,DirSyncEnabled,Display name,Fax,First name,Last dirsync time,"
        "Last name,Last password change time stamp,License assignment details,Licenses,Mobile Phone,"
        "Oath token metadata,Object Id,Office,Password never expires,Phone number,Postal code,"
        "Preferred data location,Preferred language,Proxy addresses,Release track,Soft deletion time stamp,State,"
        "Street address,Strong password required,Title,Usage location,User principal name,When created\n"
        "False,,,Care,,Mia Koller,,Mia,,Koller,,,,,,,,True,,,,,,,,BE,,,Nurse,CH,mia@x.example,\n"
        "True,,,,,Off,,Off,,Off,,,,,,,,True,,,,,,,,,,,,CH,off@x.example,\n",
        {"mia@x.example": {"first_name": "Mia", "last_name": "Koller", "job_title": "Nurse", "department": "Care"}},
    ),
    "google_workspace": (
        "First Name [Required],Last Name [Required],Email Address [Required],Password [Required],"
        "Password Hash Function [UPLOAD ONLY],Org Unit Path [Required],New Primary Email [UPLOAD ONLY],"
        "Status [READ ONLY],Last Sign In [READ ONLY],Recovery Email,Home Secondary Email,Work Secondary Email,"
        "Recovery Phone [MUST BE IN THE E.164 FORMAT],Work Phone,Home Phone,Mobile Phone,Work Address,Home Address,"
        "Employee ID,Employee Type,Employee Title,Manager Email,Department,Cost Center,2sv Enrolled [READ ONLY],"
        "2sv Enforced [READ ONLY],Building ID,Floor Name,Floor Section,Email Usage [READ ONLY],"
        "Change Password at Next Sign-In,New Status [UPLOAD ONLY],Advanced Protection Program enrollment\n"
        "Mia,Koller,mia@x.example,****,,/,,Active,,,,,,,,,,,0042,,Nurse,,Care,,,,,,,,False,,False\n"
        "New,Ines,new@x.example,****,,/,,,,,,,,,,,,,,,,,,,,,,,,,False,,False\n"
        "Off,Off,off@x.example,****,,/,,Suspended,,,,,,,,,,,,,,,,,,,,,,,False,,False\n"
        "Old,Old,old@x.example,****,,/,,Archived,,,,,,,,,,,,,,,,,,,,,,,False,,False\n",
        {
            "mia@x.example": {
                "first_name": "Mia",
                "last_name": "Koller",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0042",
            },
            "new@x.example": {"first_name": "New", "last_name": "Ines"},
        },
    ),
    "ad": (
        "#TYPE Microsoft.ActiveDirectory.Management.ADUser\n"
        '"Department","DistinguishedName","EmployeeID","EmployeeNumber","Enabled","GivenName","Name","ObjectClass",'
        '"ObjectGUID","SamAccountName","SID","State","Surname","Title","UserPrincipalName"\n'
        '"Care","CN=Mia,DC=x","E7","0042","True","Mia","Mia Koller","user","g","mkoller","S-1","present","Koller",'
        '"Nurse","mia@x.example"\n'
        '"","CN=Off,DC=x","E8","0043","False","Off","Off","user","g","off","S-2","","Off","","off@x.example"\n',
        {
            "mkoller": {
                "first_name": "Mia",
                "last_name": "Koller",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0042",
            }
        },
    ),
    "moodle": (
        "username,password,firstname,lastname,email,idnumber,institution,department,course1,role1,suspended,deleted\n"
        "mkoller,Start-2026,Mia,Koller,m@x.example,0042,School,Care,math,student,0,0\n"
        "off,Start-2026,Off,Off,o@x.example,,,,,,1,0\n"
        "gone,Start-2026,Gone,Gone,g@x.example,,,,,,0,1\n",
        {"mkoller": {"first_name": "Mia", "last_name": "Koller", "department": "Care", "employee_number": "0042"}},
    ),
    "oneroster": (
        "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
        "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password\n"
        "t1,active,,true,o1,teacher,mkoller,,Mia,Koller,,0042,m@x.example,,,,,\n"
        "t2,,,true,o1,teacher,jlang,,Jo,Lang,,,j@x.example,,,,,\n"
        "s1,tobedeleted,,true,o1,student,gone,,Gone,Gone,,,,,,,7,\n"
        "s2,active,,false,o1,student,off,,Off,Off,,,,,,,7,\n",
        {
            "mkoller": {"first_name": "Mia", "last_name": "Koller", "employee_number": "0042"},
            "jlang": {"first_name": "Jo", "last_name": "Lang"},
        },
    ),
    "okta": (
        "login,firstName,lastName,middleName,honorificPrefix,honorificSuffix,email,title,displayName,nickName,"
        "profileUrl,secondEmail,mobilePhone,primaryPhone,streetAddress,city,state,zipCode,countryCode,postalAddress,"
        "preferredLanguage,locale,timezone,userType,employeeNumber,costCenter,organization,division,department,"
        "managerId,manager,status\n"
        "mia@x.example,Mia,Koller,,,,m@x.example,Nurse,,,,,,,,,present,,,,,,,,0042,,,,Care,,,ACTIVE\n"
        "off@x.example,Off,Off,,,,,,,,,,,,,,,,,,,,,,,,,,,,,SUSPENDED\n"
        "old@x.example,Old,Old,,,,,,,,,,,,,,,,,,,,,,,,,,,,,DEPROVISIONED\n",
        {
            "mia@x.example": {
                "first_name": "Mia",
                "last_name": "Koller",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0042",
            }
        },
    ),
    "bamboohr": (
        "Employee #,First Name,Last Name,Status,Hire Date,Department,Job Title,Location,Division,Work Email,State,"
        "Supervisor\n"
        "0042,Mia,Koller,Active,2020-01-01,Care,Nurse,Bern,,mia@x.example,BE,\n"
        "0043,Off,Off,Inactive,2020-01-01,Care,Nurse,Bern,,off@x.example,BE,\n",
        {
            "mia@x.example": {
                "first_name": "Mia",
                "last_name": "Koller",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0042",
            }
        },
    ),
    "personio": (
        "First name,Last name,Email,Status,Position,Department,Office,Hire date,Employment type,Employee ID,"
        "Personnel number\n"
        "Mia,Koller,mia@x.example,Active,Nurse,Care,Bern,2020-01-01,Internal,99,0042\n"
        "Lea,Frei,lea@x.example,Leave,Nurse,Care,Bern,2020-01-01,Internal,98,0044\n"
        "Off,Off,off@x.example,Inactive,Nurse,Care,Bern,2020-01-01,Internal,97,0043\n",
        {
            "mia@x.example": {
                "first_name": "Mia",
                "last_name": "Koller",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0042",
            },
            "lea@x.example": {
                "first_name": "Lea",
                "last_name": "Frei",
                "job_title": "Nurse",
                "department": "Care",
                "employee_number": "0044",
            },
        },
    ),
    "linuxmuster": (
        "Login;Nachname;Vorname;Klasse;Passwort\nmkoller;Koller;Mia;10a;Start-2026\n",
        {"mkoller": {"first_name": "Mia", "last_name": "Koller"}},
    ),
    "threema_cockpit": (
        "license,th_nickname,th_firstname,th_lastname,th_csi,th_license_password,th_disable_screenshots\n"
        ",,,,,,true\n"
        "mkoller,Mia K,Mia,Koller,0042,Secret-1,\n"
        "jlang,,Jo,Lang,,Secret-2,false\n",
        {
            "mkoller": {
                "th_nickname": "Mia K",
                "th_firstname": "Mia",
                "th_lastname": "Koller",
                "employee_number": "0042",
            },
            "jlang": {"th_firstname": "Jo", "th_lastname": "Lang", "th_disable_screenshots": False},
        },
    ),
}
_COLUMNS: t.Final = ("username", *PEOPLE.taken, *PEOPLE.doors)


def taken(found: list[dict[str, t.Any]]) -> dict[str, dict[str, t.Any]]:
    """What would be sent of each person."""
    return {
        one["username"]: {
            name: value
            for name, value in one.items()
            if name != "username" and (name in _COLUMNS or name.startswith("th_"))
        }
        for one in found
    }


def test_every_profile_has_a_list() -> None:
    assert sorted(LISTS) == sorted(profiles.profiles())


@pytest.mark.parametrize("name", sorted(LISTS))
def test_profile(name: str) -> None:
    text, expected = LISTS[name]
    found = details(text, profile=name)
    assert taken(found["people"]) == expected
    assert found["source"]["profile"] == name
    assert found["source"]["rows"] == len(found["people"]) + len(found["left_out"])
    # Whoever is left out is so by a column that is used, so that nobody is warned of it.
    assert not [warning for warning in found["source"]["warnings"] if "looks like a status" in warning]


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_profile_takes_no_password(name: str) -> None:
    text = LISTS[name][0]
    assert not [one for one in people(text, profile=name) for key in one if key == "password" or is_secret(key)]
    assert "Start" not in str(people(text, profile=name)) and "Secret" not in str(people(text, profile=name))
    columns = profiles.profiles()[name].columns
    assert set(columns) <= set(PEOPLE.taken) and "username" in columns


@pytest.mark.parametrize("name", sorted(LISTS))
def test_the_same_list_in_other_spellings_of_its_headings(name: str) -> None:
    text, expected = LISTS[name]
    assert taken(people(text.lower().replace("mia", "Mia"), profile=name)).keys() == {
        username.replace("mia", "Mia") for username in expected
    }


def test_a_profile_that_is_none_names_the_known_ones() -> None:
    message = problem("login\njo\n", profile="google")
    assert message.startswith("profile: there is no profile 'google'; the profiles are ad, bamboohr, ")
    for name in LISTS:
        assert name in message


@pytest.mark.parametrize(
    ("name", "text", "lacking"),
    [
        ("google_workspace", "login,Status\njo,Active\n", "the column 'Email Address'"),
        ("okta", "username,status\njo,ACTIVE\n", "the column 'login'"),
        ("entra", "login,userType\njo,Member\n", "the column 'userPrincipalName' and the column 'accountEnabled'"),
    ],
)
def test_a_list_without_the_username_of_the_profile(name: str, text: str, lacking: str) -> None:
    message = problem(text, profile=name)
    assert message.startswith(f"row 1: the profile {name} needs {lacking}, which is not here")


@pytest.mark.parametrize(
    ("name", "text", "lacking"),
    [
        ("entra", "userPrincipalName,userType\njo,Member\n", "'accountEnabled'"),
        ("entra_template", "User name [userPrincipalName] Required\njo\n", "'Block sign in (Yes/No) [accountEnabled]"),
        ("microsoft365", "User principal name\njo\n", "'Block credential'"),
        ("ad", "SamAccountName\njo\n", "'Enabled'"),
        ("oneroster", "username,identifier\njo,1\n", "'status' and the column 'enabledUser'"),
    ],
)
def test_a_list_without_the_status_that_its_system_always_writes(name: str, text: str, lacking: str) -> None:
    message = problem(text, profile=name)
    assert message.startswith(f"row 1: the profile {name} needs the column {lacking}")
    assert "to know who is left out" in message


def test_a_status_that_is_often_not_there_brings_a_warning() -> None:
    warnings = details("login,firstName\njo,Jo\n", profile="okta")["source"]["warnings"]
    assert warnings == [
        "row 1: there is no column 'status', by which the profile okta leaves people out; nobody was left out by it"
    ]


def test_columns_takes_precedence() -> None:
    text = LISTS["ad"][0]
    (mia,) = people(text, profile="ad", columns={"UserPrincipalName": "username", "Title": None})
    assert mia["username"] == "mia@x.example"
    assert "job_title" not in mia and "Title" not in mia
    both = people(text, profile="ad", columns={"Enabled": None})
    assert [one["username"] for one in both] == ["mkoller", "off"]
    (mia,) = people(text, profile="ad", columns={"Enabled": "nickname"})
    assert mia["nickname"] == "True"


def test_where_holds_beside_the_profile() -> None:
    text = LISTS["personio"][0]
    found = details(text, profile="personio", where_not={"Status": "leave"})
    assert [one["username"] for one in found["people"]] == ["mia@x.example"]
    assert [one["row"] for one in found["left_out"]] == [3, 4]
    assert problem(text, profile="personio", where={"Office": "Chur"}).startswith(
        "row 1: nobody is left: 3 of 3 people were left out (by where, where_not, the profile personio,"
    )


def test_the_global_settings_of_the_cockpit_are_reported() -> None:
    found = details(LISTS["threema_cockpit"][0], profile="threema_cockpit")
    assert found["left_out"] == [{"row": 2, "username": None, "employee_number": None}]
    assert found["source"]["warnings"] == [
        "row 2: left out by the profile threema_cockpit: the global settings are in it, which belong to nobody"
    ]
    assert "th_license_password" in found["source"]["ignored"]
    named = people(
        LISTS["threema_cockpit"][0], profile="threema_cockpit", columns={"th_license_password": "th_license_password"}
    )
    assert [one["th_license_password"] for one in named] == ["Secret-1", "Secret-2"]


def test_further_columns_are_taken_by_their_own_names() -> None:
    (jo,) = people("login,Kategorie,th_disable_calls,status\njo,Bern,yes,ACTIVE\n", profile="okta")
    assert jo["categories"] == "Bern" and jo["th_disable_calls"] is True


def test_a_heading_that_a_profile_ignores_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    okta = profiles.profiles()["okta"]
    changed = dataclasses.replace(okta, ignored=frozenset(("nickname", "name", "identity")))
    monkeypatch.setattr(profiles, "profiles", lambda: {"okta": changed})
    text = "login,nickName,Name,Vorname,identity,status\njo,Joey,Lang,Jo,x,ACTIVE\n"
    assert people(text, profile="okta") == [{"username": "jo", "first_name": "Jo", "status": "ACTIVE"}]


def test_two_columns_of_the_heading_of_a_profile_are_refused() -> None:
    assert "would both be the column 'username'" in problem("Work Email,Work Email\na,b\n", profile="bamboohr")
    found = problems("Work Email,Status,Status\na,Active,Inactive\n", profile="bamboohr")
    assert found == ["row 1: 2 columns have the heading 'Status'; rename one of them"]


def test_the_data_file() -> None:
    for name, profile in profiles.profiles().items():
        assert name == name.lower() and profile.title
        for column, headings in profile.columns.items():
            assert len(set(map(comparable, headings))) == len(headings), (name, column)
        for rule in profile.rules:
            assert rule.values != [], (name, rule.headings)


def test_the_guide_shows_every_profile_with_its_username_and_number() -> None:
    page = (ROOT / "docs/docsite/rst/guide_staff_lists.rst").read_text(encoding="utf-8")
    table = page.split(".. list-table::")[1].split("All profiles take")[0]
    rows = {}
    for row in table.split("\n  * - ")[2:]:
        name, *rest = re.split(r"\n    -(?: |(?=\n))", row)
        rows[name.strip("`")] = rest
    assert rows.keys() == profiles.profiles().keys()
    for name, (title, username, number, left_out) in rows.items():
        profile = profiles.profiles()[name]
        assert title.replace("``", "") == profile.title
        assert f"``{profile.columns['username'][0]}``" in username
        numbers = profile.columns.get("employee_number", ())
        assert f"``{numbers[0]}``" in number if numbers else not number
        assert all(f"``{rule.headings[0]}``" in left_out for rule in profile.rules)


def test_no_profile_is_given_a_password() -> None:
    assert not [one for one in profiles.profiles().values() if set(one.columns) & set(PEOPLE.doors)]
