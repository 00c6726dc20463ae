# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""Whether a text that was read as Windows-1252 can be in this encoding.

Nearly every byte is a character in Windows-1252, so a file in another encoding (of a Mac, of DOS, of Eastern Europe, of
Turkey) is read without an error, but wrongly: the C(ü) of a Mac becomes C(Ÿ), the Polish C(ł) becomes C(³). So each
word must be plausible in a Western European language. If a list is rejected here although it is right, the
administrator has to set one option (encoding).
"""

from __future__ import annotations

import re
import typing as t

_ALL: t.Final = [bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0x100)]
_UPPER: t.Final = "".join(character for character in _ALL if character.isupper())
# ß has no upper case in this encoding and stands also between capitals.
_LOWER: t.Final = "".join(character for character in _ALL if character.islower() and character not in "ªºµƒß")
# The no-break space belongs nowhere, but is no sign of another encoding.
_SYMBOLS: t.Final = "".join(c for c in _ALL if c and c not in f"{_UPPER}{_LOWER}ß\xa0")
_UP: t.Final = f"[A-Z{_UPPER}]"
_LETTER: t.Final = f"[A-Za-zß{_LOWER}{_UPPER}]"
_BEYOND: t.Final = f"[ß{_LOWER}{_UPPER}]"
_SYMBOL: t.Final = f"[{re.escape(_SYMBOLS)}]"

# The letters beyond ASCII that one word may have. Those of Icelandic (ð, þ, ý) are what the Turkish ğ, ş, ı and the
# Baltic š, ž look like, so that their places in a word are looked at too.
_ALPHABETS: t.Final = tuple(
    map(
        frozenset,
        (
            "äöüßé",  # German
            "àâçéèêëîïôœùûüÿæ",  # French
            "àèéìíòóùú",  # Italian
            "áéíñóúü",  # Spanish
            "àçèéíïòóúü",  # Catalan
            "áâãàçéêíóôõúü",  # Portuguese
            "åäöæøéü",  # Danish, Norwegian, Swedish, Finnish
            "áéíóúýæöðþ",  # Icelandic
            "áíóúýæøð",  # Faroese
            "äõöüšž",  # Estonian
            "öüç",  # Turkish, as far as this encoding has its letters
            "áéíóúëïöüä",  # Dutch, and the part of Hungarian that this encoding has
            "šžáéíóú",  # Names of Eastern Europe, as far as this encoding has their letters
        ),
    )
)
_LETTERS: t.Final = re.compile(f"{_LETTER}*{_BEYOND}{_LETTER}*")
_WORD: t.Final = re.compile(r"[A-Za-z]*[^\x00-\x7f][A-Za-z\x80-\U0010ffff]*")
# Phrases in quotation marks of their own, which may touch the words within.
_QUOTED: t.Final = re.compile(
    rf"(?<!{_LETTER})(?:"
    + "|".join(
        f"{opening}([^„\u201c\u201d«»‹›‚\u2018\u2019;,|\\t\\r\\n]*){closing}"
        for opening, closing in (
            "„\u201c",
            "„\u201d",
            "\u201c\u201d",
            "\u201d\u201d",
            "«»",
            "»«",
            "‹›",
            "›‹",
            "‚\u2018",
            "\u2018\u2019",
        )
    )
    + rf")(?!{_LETTER})"
)
# Two letters beyond ASCII in a row are the rule in Cyrillic and Greek, and rare in the West: Größe, Määttä, Núñez,
# Conceição, théâtre, Müür. In Icelandic, ð and þ stand beside all vowels.
_PAIR: t.Final = (
    "(?!ää|öö|åå|üü|õõ|éé|é[âç]|[äöü]ß|çã|çõ|[áéíóú]ñ|ñ[áéíóú]"
    f"|[áéíóúýæöø][ðþ]|[ðþ][áéíóúýæöø]|ðþ|(?<=[a-z])[íú][áíó]){_BEYOND}{_BEYOND}"
)

_ODD_CASE: t.Final = re.compile(
    # A capital after a small letter, or within a word that is not all capitals, and the reverse.
    # Names have both: McÉwan, the Irish hÓra; and so has the plural of a word in capitals, CAFÉs.
    rf"[a-zß{_LOWER}](?<!\bMc)(?<!\bMac)(?!(?<=\b[hnt])[ÁÉÍÓÚ])[{_UPPER}]"
    rf"|[A-Z{_UPPER}][{_UPPER}](?!s\b)[a-z{_LOWER}]|[{_LOWER}]{_UP}|{_UP}{_UP}[{_LOWER}]"
    # A no-break space within a word: the á of DOS.
    "|[A-Za-z]\xa0[a-z]"
)
# What no Western European word has, and the letter of another encoding that it is; words in small letters.
_ODD_WORDS: t.Final = re.compile(
    rf"{_PAIR}"
    # ã: the ă of Romanian; in Portuguese before o, e or s, and last after a few letters.
    rf"|(?<![mçhvlu])ã\b|ã(?!\b|[oe]|s\b)|\bã"
    # õ: the Hungarian ő, last, after z, gy and others, before s, r; in Portuguese before e, in Estonian elsewhere.
    rf"|(?!õe)(?:õ\b|[zydfbgc]õ|õ(?:sz|c|f|z|g[^i])|\Bl?õr|\Blõ(?!š)|lõ[rk]|kõ[shm]|tõk|hõg|\bõ(?![ui]|n[nu]))"
    # ñ: the Polish ń, before consonants and last; in Spanish before vowels.
    rf"|ñ(?![aeiouáéíóú])"
    # è: the Czech and Slovene č, before vowels and k; French has it before consonants, Italian last, neither after a.
    # After a number it may be first: 1ère, 2ème.
    rf"|è[aeiouk]|[aáe]è|[eijl]è\b|\bè(?!ve\b|s\b|ric\b|(?:re|me)s?\b|\b)|uè(?![vryl]|\b)|(?!noè\b)oè(?!t)"
    # æ: the Polish and Croatian ć, after vowels and last.
    rf"|[aeiou]æ|æ\b|\bæ[mw]"
    # ø: the Czech ř, after vowels, and before e and i.
    rf"|[aeiouy]ø|[tpkd]ø[eií]|bøe[tz]|\bø(?:[eí]|i(?![vns]))"
    # ì, ò, ù: the Czech ě, ň, ů; in Italian and French they stand last, ò also within Catalan words.
    rf"|[ìù](?!\b)|[aeiou]ò|ò[aeiou]|\bò"
    # ê: the Polish ę, before b, c, d, g, k, z, two consonants, and after i.
    rf"|ê[bdgkz]|êc(?!h)|iê|ê[pt]k|ê(?:si|sek|tek|tel|pak|pek|pa\b)|krêt\b"
    # û: the Hungarian ű after y and z, and in Hegedűs.
    rf"|[yz]û|edûs"
    # ï: the Czech ď; in French and Dutch after a vowel, and not last after e.
    rf"|(?<![aeouéyi])ï|eï\b"
    # œ: the Polish ś, and the ú of a Mac; in French before u and i, and in Lœtitia.
    rf"|œ(?!u|i|ti)"
    # š, ž: the ö, û of a Mac, between consonants, and žlodie; in Nataša, Jeršov and Škoda beside a vowel.
    rf"|[^\Waeiouáéíóú](?<!\bšt)[šž](?![aeiouáéíóú])|[^\Waeiouáéíóúäöüõrlnt]š(?=[aeiou])|\bž(?=[^\Waeiouáéíóúd])"
    # ç, ê, î: the Á, Í, Ó of a Mac, first, as å before ngel; ç between consonants: the ē of the Baltic.
    rf"|\bç[b-df-hj-np-tv-xz]|\bê(?!t)|\bî(?!l|t)|\bångel|[bdfghjkmpqstvz]ç[b-df-hj-np-tv-xz]"
    # á after a vowel that has none, but in Seán, Leágha and Eloá: the ß of DOS.
    rf"|(?<!\bel)oá|aá|eá(?!i|gh|dh|r|n\b)|eiá|ií|íi"
    # ð: the Turkish ğ (Erdoğan, Uğur, Yiğit, Dağ), the Baltic š, the Croatian đ; in Icelandic after vowels, r, f, g, l.
    rf"|\bð|[^\Waeiouyáéíóúýæöørfgl]ð|(?<!í)(?<!au)ðk|ð[cçpt]|(?<![bgr])oð(?!v|m[uf]|rá)|oð[aud]|(?<![agp])uð|auðra\b"
    rf"|yið|[nt]ið[mi]|deðe|ð[ei][ctçl]|\bað(?!al)|dað(?![aeií])|[bkpy]að(?!l[íi]|s\b|u)"
    # þ: the Turkish ş, the Baltic ž, the Romanian ţ; in Icelandic first, and within before ó, r, u.
    rf"|\bþ(?!o[rl]|[óúíöáj]|r|e(?:ngil|ó)|ur[íi]|yr)|(?!\bþ)(?<!f)(?<!\ba(?=þena))þ(?!ó|r[úá]|[uú]r|j|v|ing)"
    # ý: the Turkish ı, which follows another one or a; in Icelandic and Czech after other vowels, and in few more.
    rf"|\bý(?!mi|r\b|r[ra]|da\b|ja\b)|ý(?=[^\W]*ý)"
    rf"|(?<![eiouöéíóúæ][^\Waeiou])(?<![eiouöéíóúæ][^\Waeiou]{{2}})(?<![eiouöéíóúæ][^\Waeiou]{{3}})"
    rf"(?<![lnrgfd]n)(?<!dd|tt|gg|rr)(?<!\ball)(?<!\b)ý(?!(?<=tý)rs?\b|(?<=\b[dlmnbhþgr]ý)[rðtjlag])"
)
# What Western European words may have, and the words of the Baltic have in most lists (ā, ī, ū, ē, ė as â, î, û, ç, ë).
_DOUBTFUL: t.Final = re.compile(
    r"â(?![bcgmnpqt]|l[eo])|ânis|(?<=\w)î[^tlmn]|[^\Waeou]ît(?!r)|[^\Wa]în|(?<=\w)îl"
    r"|(?<![ofj])(?<!\bs)(?<!\bm)(?<!br)(?<!fl)(?<!\bb)û(?!\b)|[^\Waeiouy]ë\b|ën[ae]|ëj|ç[b-df-hj-np-tv-xz]"
)
_ODD_SYMBOLS: t.Final = re.compile(
    # Within a word: only an apostrophe or a dash before a capital (O'Brien, Müller–Lüdi), and a middle dot before an l.
    rf"(?<={_LETTER})(?![\u2019´–—]{_UP}|·[lL]|[\u2019][hH]){_SYMBOL}(?={_LETTER})"
    # Before a word: only dashes, and degrees. After a word: what ends names (Firma™), an abbreviation (n°, Mª), or m².
    rf"|(?<!{_LETTER})(?![–—·]|°[CF]\b){_SYMBOL}(?={_LETTER})"
    rf"|(?<={_LETTER})(?![™®©·]|(?<!it)(?<!tt)(?<!et)(?<!rt)…|(?<=[nN])[°º]|(?<=[MmDN])[ªº]|(?<=\bm)[²³]){_SYMBOL}(?!{_LETTER})"
)


def first_implausible(text: str) -> int | None:
    """The position of the first word that is in no Western European language; None if the whole text is plausible.

    If most words are doubtful, the first of them counts as such a word; a single one may be a name from elsewhere.
    """
    # As long as the text, so that positions in it are positions in the text.
    unquoted = _QUOTED.sub(lambda match: f" {match[0][1:-1]} ", text)
    known: dict[str, int] = {}
    for match in _WORD.finditer(unquoted):
        word = match[0]
        if word in known:
            continue
        known[word] = match.start()
        if not _is_plausible(word):
            return match.start()
    doubtful = [place for word, place in known.items() if _DOUBTFUL.search(word.lower())]
    return doubtful[0] if len(doubtful) > 1 and len(doubtful) * 2 > len(known) else None


def _is_plausible(word: str) -> bool:
    """Whether a string between two blanks, digits, or ASCII symbols can be in Windows-1252."""
    odd = _ODD_CASE.search(word) or _ODD_WORDS.search(word.lower()) or _ODD_SYMBOLS.search(word)
    return not odd and all(map(_in_one_language, _LETTERS.findall(word)))


def _in_one_language(word: str) -> bool:
    letters = {letter for letter in word.lower() if not letter.isascii()}
    return any(letters <= alphabet for alphabet in _ALPHABETS)
