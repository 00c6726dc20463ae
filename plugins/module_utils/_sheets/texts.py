# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# This code is PRIVATE to the threema.work collection.
# It may change without notice; do not use it from elsewhere.

"""The words of the sheets, in four languages: data. Each was written for its readers, and is no translation.

``{app}`` and ``{organization}`` are replaced; everything else is text as it is.
"""

from __future__ import annotations

import typing as t

APP: t.Final = "Threema Work"
ONPREM: t.Final = "Threema OnPrem"


class Texts(t.NamedTuple):
    """The words of one language.

    :ivar lead: below the title; ``lead_alone`` without the name of an organization.
    :ivar steps: what to do, each with its heading.
    :ivar by_hand: the third step where there is no QR code.
    :ivar button: what the link is called for somebody who reads the sheet on the phone.
    :ivar untypable: for a password that no keyboard types.
    :ivar lookalikes: what a character is that looks like another one.
    """

    title: str
    lead: str
    lead_alone: str
    steps: tuple[tuple[str, str], ...]
    by_hand: tuple[str, str]
    username: str
    password: str
    server: str
    code: str
    button: str
    untypable: str
    keep_safe: str
    lookalikes: t.Mapping[str, str]


TEXTS: t.Final[t.Mapping[str, Texts]] = {
    "en": Texts(
        title="Your access to {app}",
        lead="{organization} uses {app} for secure messages and calls. With this sheet, you set up the app on your phone "
        "in a few minutes.",
        lead_alone="{app} is the app for secure messages and calls at work. With this sheet, you set it up on your phone in "
        "a few minutes.",
        steps=(
            (
                "Get the app",
                "Search for \u201c{app}\u201d in the App Store (iPhone) or on Google Play (Android), and install it. The app that is "
                "just called \u201cThreema\u201d is a different one.",
            ),
            ("Open it", "Open {app} once before you go on."),
            (
                "Scan the code",
                "Point the camera of your phone at the code, and tap the link that appears. If you are reading this on "
                "the phone, tap the button instead. Or type the username and the password into the app exactly as they "
                "are printed; upper and lower case matter.",
            ),
            ("Finish", "Follow the instructions in the app. Once everything works, destroy this sheet."),
        ),
        by_hand=(
            "Enter your details",
            "Type the username and the password into the app exactly as they are printed; upper and lower case matter. "
            "If you are reading this on the phone, just tap the button.",
        ),
        username="Username",
        password="Password",
        server="Server",
        code="QR code with your activation link",
        button="Set up {app} on this phone",
        untypable="The password contains characters that cannot be typed. Use the code or the button.",
        keep_safe="Keep this sheet safe and do not show it to anybody. Whoever has it can use your access.",
        lookalikes={
            "0": "digit zero",
            "O": "capital letter O",
            "o": "small letter O",
            "1": "digit one",
            "l": "small letter L",
            "I": "capital letter i",
            "|": "vertical bar",
            " ": "space",
        },
    ),
    "de": Texts(
        title="Ihr Zugang zu {app}",
        lead="{organization} nutzt {app} für sichere Nachrichten und Anrufe. Mit diesem Blatt richten Sie die App in "
        "wenigen Minuten auf Ihrem Handy ein.",
        lead_alone="{app} ist die App für sichere Nachrichten und Anrufe bei der Arbeit. Mit diesem Blatt richten Sie sie in "
        "wenigen Minuten auf Ihrem Handy ein.",
        steps=(
            (
                "App laden",
                "Suchen Sie im App Store (iPhone) oder bei Google Play (Android) nach „{app}\u201c und installieren Sie die App. "
                "Achtung: „Threema\u201c ohne Zusatz ist eine andere App.",
            ),
            ("App öffnen", "Öffnen Sie {app} einmal, bevor Sie weitermachen."),
            (
                "Code scannen",
                "Richten Sie die Kamera Ihres Handys auf den Code und tippen Sie auf den Link, der erscheint. Wenn Sie "
                "dieses Blatt auf dem Handy lesen, tippen Sie stattdessen auf die Schaltfläche. Oder geben Sie "
                "Benutzername und Passwort Zeichen für Zeichen in der App ein; A und a sind nicht dasselbe.",
            ),
            ("Abschließen", "Folgen Sie den Anweisungen der App. Sobald alles läuft, vernichten Sie dieses Blatt."),
        ),
        by_hand=(
            "Zugangsdaten eingeben",
            "Geben Sie Benutzername und Passwort Zeichen für Zeichen in der App ein; A und a sind nicht dasselbe. Wenn Sie "
            "dieses Blatt auf dem Handy lesen, tippen Sie einfach auf die Schaltfläche.",
        ),
        username="Benutzername",
        password="Passwort",
        server="Server",
        code="QR-Code mit Ihrem Aktivierungslink",
        button="{app} auf diesem Handy einrichten",
        untypable="Das Passwort enthält Zeichen, die sich nicht eintippen lassen. Nehmen Sie den Code oder die Schaltfläche.",
        keep_safe="Bewahren Sie dieses Blatt sicher auf und zeigen Sie es niemandem. Wer es hat, kann Ihren Zugang benutzen.",
        lookalikes={
            "0": "Ziffer null",
            "O": "großes O",
            "o": "kleines O",
            "1": "Ziffer eins",
            "l": "kleines L",
            "I": "großes i",
            "|": "senkrechter Strich",
            " ": "Leerzeichen",
        },
    ),
    "fr": Texts(
        title="Votre accès à {app}",
        lead="{organization} utilise {app} pour échanger des messages et téléphoner en toute sécurité. Grâce à cette feuille, "
        "vous configurez l\u2019application sur votre téléphone en quelques minutes.",
        lead_alone="{app} est l\u2019application pour échanger des messages et téléphoner en toute sécurité au travail. Grâce à "
        "cette feuille, vous la configurez sur votre téléphone en quelques minutes.",
        steps=(
            (
                "Installez l\u2019application",
                "Cherchez «\u00a0{app}\u00a0» dans l\u2019App Store (iPhone) ou sur Google Play (Android), puis installez-la. Attention\u00a0: "
                "«\u00a0Threema\u00a0» tout court est une autre application.",
            ),
            ("Ouvrez-la", "Ouvrez {app} une première fois avant de continuer."),
            (
                "Scannez le code",
                "Pointez l\u2019appareil photo du téléphone vers le code, puis touchez le lien qui s\u2019affiche. Si vous lisez "
                "cette feuille sur le téléphone, touchez plutôt le bouton. Vous pouvez aussi saisir le nom d\u2019utilisateur "
                "et le mot de passe dans l\u2019application, exactement comme ils sont imprimés, en respectant les majuscules "
                "et les minuscules.",
            ),
            (
                "Terminez",
                "Suivez les instructions de l\u2019application. Dès que tout fonctionne, détruisez cette feuille.",
            ),
        ),
        by_hand=(
            "Saisissez vos identifiants",
            "Saisissez le nom d\u2019utilisateur et le mot de passe dans l\u2019application, exactement comme ils sont imprimés, en "
            "respectant les majuscules et les minuscules. Si vous lisez cette feuille sur le téléphone, touchez "
            "simplement le bouton.",
        ),
        username="Nom d\u2019utilisateur",
        password="Mot de passe",
        server="Serveur",
        code="Code QR avec votre lien d\u2019activation",
        button="Configurer {app} sur ce téléphone",
        untypable="Le mot de passe contient des caractères impossibles à saisir. Utilisez le code ou le bouton.",
        keep_safe="Gardez cette feuille en lieu sûr et ne la montrez à personne. Quiconque l\u2019a en main peut utiliser votre "
        "accès.",
        lookalikes={
            "0": "chiffre zéro",
            "O": "O majuscule",
            "o": "o minuscule",
            "1": "chiffre un",
            "l": "L minuscule",
            "I": "i majuscule",
            "|": "barre verticale",
            " ": "espace",
        },
    ),
    "it": Texts(
        title="Il Suo accesso a {app}",
        lead="{organization} utilizza {app} per messaggi e chiamate sicure. Con questo foglio può configurare l\u2019app sul Suo "
        "telefono in pochi minuti.",
        lead_alone="{app} è l\u2019app per messaggi e chiamate sicure sul lavoro. Con questo foglio può configurarla sul Suo "
        "telefono in pochi minuti.",
        steps=(
            (
                "Installare l\u2019app",
                "Cerchi «{app}» nell\u2019App Store (iPhone) o su Google Play (Android) e installi l\u2019app. Attenzione: quella che "
                "si chiama soltanto «Threema» è un\u2019altra app.",
            ),
            ("Aprire l\u2019app", "Apra {app} una volta prima di continuare."),
            (
                "Inquadrare il codice",
                "Inquadri il codice con la fotocamera del telefono e tocchi il link che compare. Se sta leggendo questo "
                "foglio sul telefono, tocchi invece il pulsante. In alternativa inserisca nell\u2019app il nome utente e la "
                "password esattamente come sono stampati, rispettando maiuscole e minuscole.",
            ),
            ("Completare", "Segua le istruzioni dell\u2019app. Quando tutto funziona, distrugga questo foglio."),
        ),
        by_hand=(
            "Inserire i dati di accesso",
            "Inserisca nell\u2019app il nome utente e la password esattamente come sono stampati, rispettando maiuscole e "
            "minuscole. Se sta leggendo questo foglio sul telefono, basta toccare il pulsante.",
        ),
        username="Nome utente",
        password="Password",
        server="Server",
        code="Codice QR con il Suo link di attivazione",
        button="Configurare {app} su questo telefono",
        untypable="La password contiene caratteri che non si possono digitare. Usi il codice o il pulsante.",
        keep_safe="Conservi questo foglio in un luogo sicuro e non lo mostri a nessuno. Chi lo possiede può usare il Suo "
        "accesso.",
        lookalikes={
            "0": "cifra zero",
            "O": "O maiuscola",
            "o": "o minuscola",
            "1": "cifra uno",
            "l": "L minuscola",
            "I": "i maiuscola",
            "|": "barra verticale",
            " ": "spazio",
        },
    ),
}
LANGUAGES: t.Final = tuple(TEXTS)
