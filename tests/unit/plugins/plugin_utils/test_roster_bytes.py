# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From bytes to text: which encodings are read, and which are refused."""

from __future__ import annotations

import codecs

import pytest
from ansible_collections.threema.work.tests.unit.plugins.plugin_utils.asking import details, people, problem

#: Words of Western European lists that Excel writes in Windows-1252.
WESTERN = """
    Müller Zoë Çelik François Noël Loïc Anaïs Hélène Chloé Benoît Jérôme João Conceição Núñez Peña Iñigo Göran Åsa Søren
    Bjørn Jürg Käthi Niccolò Mosè Rüegg Großmann Süßmann Weiß Strauß Thérèse Geneviève Ève Élodie ÉLODIE GROßMANN MÜLLER
    Määttä Jääskeläinen Guimarães Simões Irmã Maïté Óscar Íñigo García Martínez Cœur Lætitia Théâtre Ärztin Überwachung
    Qualità Geschäftsführung özlem.müller Müller–Lüdi O\u2019Brien D\u2019Angelo Firma™ Mª n° „Müller\u201c «Käthi»
    1ère 2ème 3èmes m² m³ 25°C
    Guðrún Sigríður Davíð Þórður Þorgerður Þuríður Þröstur Hafþór Arnþrúður Ýmir Ýr Guðný Týr Lýður Fanný Viðar Óðinn
    Sigurðardóttir Friðþjófur Aðalheiður Daði Böðvar Loðmundur ÞÓRÐUR Lúísa
    Õunapuu Kõiv Põld Tõnis Mõisa Võsu Jõgi Müür Gontšarov Jeršov Nadežda Ševtšenko
    Škoda Štefan Novotný Veselý Seán Ó Leágha Mac Seáin hÓra McÉwan MacÉwan CAFÉs SOCIÉTÉs Klinik… … Èric Eloá
    Bâtiment Maître Brûlé Piqûre Gökçe Koç Seçil Dîlan Besë
    Gëzim Përparim Öney Ødegård Øivind Lærke Gürkan Vörösváry Nataša Dušan Miloš Željko Žan
"""
#: Words of which the wrong reading in Windows-1252 is a word too, at first sight.
FOREIGN = {
    "mac-roman": "Müller Günter Köln Jörg Ännchen Özlem Übel Großmann André Hélène José García Martí López Peña "
    "Álvarez Raúl",
    "cp1250": "Łukasz Michał Zając Gdańsk Świerk Żak Kamiński Dębski Jiří Dvořák Čapek Kovačić "
    "Kovač "
    "Kučera Zdeněk Růžička Szőke Szűcs Vărescu",
    "iso-8859-2": "Łukasz Michał Zając Gdańsk Świerk Šimek Dvořák Čapek Kovačić Růžička Szőke",
    "cp1254": "Erdoğan Yılmaz Şahin Işık Uğur Yiğit Dağdelen Kağan Aydın Aslı Şener Barış Karşıyaka İsmail",
    "cp1257": "Bērziņš Kalniņš Pētersons Ķirsis Ģirts Žukauskas Šarūnas Stankevičius Kļaviņš Aušra",
    "cp1251": "Иванов Анна Ян",
    "koi8-r": "Иванов Анна",
    "cp1253": "Παπαδάκης Άννα",
    "cp850": "Müller Köln Jörg Großmann André Renée José López Bärbel Ångström",
    "iso-8859-15": "Žižek Šimek",
    "shift-jis": "田中",
    "gbk": "王伟",
}
DOUBTFUL = [(encoding, word) for encoding, words in FOREIGN.items() for word in words.split()]


def listed(word: str) -> str:
    return f"username;first_name;note\na.x;Anna;x\nb.y;{word};y\n"


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-32", "utf-32"),
        ("cp1252", "windows-1252"),
        ("latin-1", "windows-1252"),
    ],
)
def test_encodings_that_show(encoding: str, name: str) -> None:
    found = details(listed("Müller").encode(encoding))
    assert found["people"][1]["first_name"] == "Müller"
    assert found["source"]["encoding"] == name


@pytest.mark.parametrize("mark", ["BE", "LE"])
@pytest.mark.parametrize("width", ["16", "32"])
def test_both_orders_of_bytes(width: str, mark: str) -> None:
    data = getattr(codecs, f"BOM_UTF{width}_{mark}") + listed("Łukasz").encode(f"utf-{width}-{mark}")
    assert people(data)[1]["first_name"] == "Łukasz"


def test_text_has_no_encoding() -> None:
    assert details("\ufeff" + listed("Łukasz"))["source"]["encoding"] is None


@pytest.mark.parametrize("word", WESTERN.split())
def test_western_european_words_in_windows_1252(word: str) -> None:
    found = details(listed(word).encode("cp1252"))
    assert found["people"][1]["first_name"] == word
    assert found["source"]["encoding"] == ("utf-8" if word.isascii() else "windows-1252")


@pytest.mark.parametrize(("encoding", "word"), DOUBTFUL)
def test_other_encodings_are_refused_with_the_row_and_can_be_named(encoding: str, word: str) -> None:
    data = listed(word).encode(encoding)
    found = problem(data)
    assert found.startswith("row 3: the encoding of the file cannot be determined")
    assert word not in found
    assert people(data, encoding=encoding)[1]["first_name"] == word


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1257", "Jānis Kārlis"),
        ("cp1257", "Eglė Giedrė"),
        ("cp1257", "Līga Rūta"),
        ("cp1257", "Artūrs Alfrēds Müller"),
    ],
)
def test_words_that_may_be_two_are_refused_where_most_are_so(encoding: str, words: str) -> None:
    data = "".join(listed(word) if not place else f"u{place};{word};x\n" for place, word in enumerate(words.split()))
    assert problem(data.encode(encoding)).startswith("row 3: the encoding of the file cannot be determined")
    assert people(data.encode(encoding), encoding=encoding)[1]["first_name"] == words.split()[0]
    # Beside others they are names from elsewhere.
    mixed = listed("Dîlan") + "".join(f"u{place};{word};x\n" for place, word in enumerate(("Müller", "Zoë", "Besë")))
    assert people(mixed.encode("cp1252"))[1]["first_name"] == "Dîlan"


def test_what_was_read_as_windows_1252_is_shown() -> None:
    rows = "".join(f"u{number};Jürg{number};geheim{number}ß;\xe9t\xe9\n" for number in range(30))
    data = f"username;first_name;threema_password;note\n{rows}z;Zoë – x;ø-y-x;\na;Alcal\xa0;x;\n".encode("cp1252")
    (warning,) = details(data)["source"]["warnings"]
    # The rarest letters first, one word for each; no password, and nothing that is not sent.
    assert "words in it are 'Zoë', 'Alcal\\xa0', 'Jürg0'. If they look wrong, specify the encoding" in warning
    assert "geheim" not in warning and "-y-" not in warning and "é" not in warning
    for given, options in ((data, {"encoding": "cp1252"}), (data.decode("cp1252").encode(), {}), (b"login\na\n", {})):
        assert not details(given, **options)["source"]["warnings"]
    names = "Größe,Käthi,Jürg,René,Hélène,Zoë,Loïc,Benoît,Niccolò,Peña,Åsa,Søren,João"
    many = "username\n" + names.replace(",", "\n") + "\n"
    (warning,) = details(many.encode("cp1252"))["source"]["warnings"]
    assert warning.count("'") == 20


def test_a_stray_byte_is_not_the_encoding_of_the_whole_file() -> None:
    rows = [f"p{number},Zoë" for number in range(60)]
    data = "\n".join(["username,first_name", *rows]).encode()
    stray = problem(data + b"\np60,J\xfcrg\np61,Zo\xc3\xab\n")
    assert stray.startswith("row 62: the encoding changes within the file")
    assert "row 62, 63" in problem(data + b"\np60,J\xfcrg\np61,J\xf6rg\n").replace("rows", "row")


def test_a_stray_byte_in_a_list_in_another_alphabet() -> None:
    data = "username,first_name\np0,Анна\np1,Иван\n".encode()
    assert problem(data + b"p2,J\xfcrg\n").startswith("row 4: the encoding changes within the file")


def test_one_row_in_utf_8_in_a_file_of_windows_1252() -> None:
    data = b"username,first_name\n" + b"".join(b"p%d,J\xfcrg\n" % number for number in range(9)) + "q,Zoë\n".encode()
    assert problem(data).startswith("row 11: the encoding changes within the file")


def test_a_file_that_was_cut_inside_a_character() -> None:
    assert problem(b"username,first_name\np0,ZOE\np1,JO\xc3").startswith("row 3: the file ends in the middle")
    assert problem("username,first_name\np0,Zoë\np1,Renë".encode()[:-1]).startswith(
        "row 3: the file ends in the middle"
    )
    # Where another byte shows that it is Windows-1252, its last letter may be anything.
    assert people(b"username,first_name\np0,J\xfcrg\np1,Ren\xe9")[1]["first_name"] == "René"


@pytest.mark.parametrize(
    ("data", "row"),
    [
        (codecs.BOM_UTF8 + b"username\np0\np\xfc\n", "row 3: "),
        ("username\np0\n".encode("utf-16")[:-1], "row 2: "),
        ("username\np0\n".encode("utf-32")[:-2], "row 2: "),
        ("username\np0\n".encode("utf-16") + b"p", "row 3: "),
    ],
)
def test_a_byte_order_mark_is_a_promise(data: bytes, row: str) -> None:
    found = problem(data)
    assert found.startswith(row)
    assert "although the file begins with its mark" in found


def test_the_option_encoding_is_strict() -> None:
    data = "username;first_name\na;Müller\n".encode("cp1252")
    assert problem(data, encoding="utf-8").startswith(
        "row 2: there is a character that is not utf-8, although the option"
    )
    assert details(data, encoding="Latin1")["source"]["encoding"] == "iso8859-1"
    assert details(data, encoding="windows-1252")["source"]["encoding"] == "windows-1252"
    assert problem(codecs.BOM_UTF8 + data, encoding="cp1252").startswith(
        "row 1: the file begins with the mark of utf-8"
    )
    assert details("username\na\n".encode("utf-16-le"), encoding="utf-16-le")["source"]["encoding"] == "utf-16"


@pytest.mark.parametrize("name", ["klingon", "", "base64", "rot13", 7])
def test_encodings_that_are_none(name: object) -> None:
    assert problem("username\na\n", encoding=name).startswith("encoding: ")


@pytest.mark.parametrize("data", ["username\njo\n".encode("utf-16-le"), b"username\njo\0\n", "username\njo\udc80\n"])
def test_what_is_no_text_is_refused_with_row_and_column(data: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"row [12], column 1: there is a NUL or a broken character"):
        people(data)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04\x14\x00", "workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "old Excel"),
        (b"%PDF-1.7\n", "PDF"),
        (b"dn: uid=jo,dc=x\nuid: jo\n", "LDIF"),
        (b"\xef\xbb\xbf# comment\nversion: 1\n\ndn:: dWlkPWpv=\n", "LDIF"),
        ("version: 1\r\n\r\ndn: CN=Jo,DC=x\r\n", "LDIF"),
        (b"BEGIN:VCARD\nFN:Jo\n", "address cards"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"Rar!\x1a\x07\x00", "RAR"),
        (b"SQLite format 3\x00", "database"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\xef\xbb\xbf<!DOCTYPE html>\n<html>", "web page"),
        ("\n <table><tr><td>username", "web page"),
        ("$ANSIBLE_VAULT;1.1;AES256\n3132", "Vault"),
    ],
)
def test_what_is_no_list_is_called_by_its_name(data: str | bytes, what: str) -> None:
    assert what in problem(data)


def test_a_byte_order_mark_behind_the_line_that_names_the_delimiter() -> None:
    found = details(b"sep=;\r\n\xef\xbb\xbfusername;first_name\r\nu.roth;Urs\r\n")
    assert found["people"] == [{"username": "u.roth", "first_name": "Urs"}]
    assert found["source"]["username_heading"] == "username"


def test_a_file_that_ends_with_a_quotation_mark_may_have_been_cut() -> None:
    data = b'"username","note"\r\n"a","5"" disk"\r\n'
    assert people(data) == [{"username": "a", "note": '5" disk'}]
    assert problem(data[: data.index(b'" disk')]).startswith("row 2: the file ends with a quotation mark")
    # Somebody who hands over a text has the whole of it, and forms take away its last line break.
    assert people(data.decode().strip()) == [{"username": "a", "note": '5" disk'}]
