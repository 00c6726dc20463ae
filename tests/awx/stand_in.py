# Copyright: (c) 2026, the threema.work contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A stand-in for AWX, as far as the playbook awx_setup uses it: it keeps what it gets, and refuses what AWX refuses."""

from __future__ import annotations

import http.server
import json
import re
import threading
import typing as t
from urllib.parse import parse_qsl, urlsplit

import jinja2
from jinja2 import sandbox

Object = t.Dict[str, t.Any]
Answer = t.Tuple[int, t.Any]

#: What AWX answers a question of each type with.
ANSWERS: t.Final[dict[str, type]] = {
    "text": str,
    "textarea": str,
    "password": str,
    "multiplechoice": str,
    "multiselect": str,
    "integer": int,
    "float": float,
}
#: What a field of a credential type may have.
_FIELD: t.Final = {
    *("id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "ask_at_runtime", "default"),
}
_ENDPOINTS: t.Final = (
    *("organizations", "credential_types", "credentials", "execution_environments", "projects", "inventories"),
    *("hosts", "job_templates"),
)
_TOKEN: t.Final = "token-of-the-stand-in"


class Refused(Exception):
    """What AWX would answer with status 400."""


class Awx:
    """AWX on loopback; a context manager. ``playbooks`` is what it finds in the project.

    :ivar unreachable: whether it cannot fetch projects, and so never learns of their playbooks.
    """

    unreachable = False

    def __init__(self, playbooks: t.Collection[str]) -> None:
        self.objects: dict[str, list[Object]] = {name: [] for name in _ENDPOINTS}
        self.writes: list[str] = []
        self._playbooks = playbooks
        self._surveys: dict[int, Object] = {}
        self._associated: dict[str, list[int]] = {}
        self._updated: set[int] = set()
        self._add("organizations", {"name": "Default"})
        handler = type("Handler", (_Handler,), {"awx": self})
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        #: What awx.awx takes from the environment.
        self.environment: t.Final = {
            "CONTROLLER_HOST": f"http://127.0.0.1:{self._server.server_port}",
            "CONTROLLER_OAUTH_TOKEN": _TOKEN,
        }

    def __enter__(self) -> Awx:
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def one(self, endpoint: str, name: str) -> Object:
        """The only object of that name."""
        (found,) = [one for one in self.objects[endpoint] if one["name"] == name]
        return found

    def survey(self, name: str) -> list[Object]:
        """The questions of a job template."""
        return t.cast("list[Object]", self._surveys[self.one("job_templates", name)["id"]]["spec"])

    def credentials_of(self, name: str) -> list[Object]:
        """The credentials of a job template."""
        ids = self._associated[f"{self.one('job_templates', name)['url']}credentials/"]
        return [one for one in self.objects["credentials"] if one["id"] in ids]

    def answer(self, method: str, path: str, query: Object, body: Object) -> Answer:
        """One request."""
        if method != "GET":
            self.writes.append(f"{method} {path}")
        parts = path.removeprefix("/api/v2/").strip("/").split("/")
        if parts[0] == "project_updates":
            return 200, self._update(int(parts[1]))
        if len(parts) == 1:
            return (200, self._list(parts[0], query)) if method == "GET" else (201, self._create(parts[0], body))
        one = next(one for one in self.objects[parts[0]] if one["id"] == int(parts[1]))
        if len(parts) == 2:
            return 200, self._shown(parts[0], self._change(parts[0], one, body) if method == "PATCH" else one)
        if parts[2] == "update":
            return 202, self._update(one["id"])
        if parts[2] == "survey_spec":
            return 200, self._survey(one["id"], method, body)
        associated = self._associated.setdefault(path, [])
        if method == "GET":
            return 200, {"count": len(associated), "next": None, "results": [{"id": id_} for id_ in associated]}
        associated.append(body["id"])
        return 204, None

    def _update(self, id_: int) -> Object:
        """Fetch a project; the update has its number."""
        (project,) = [one for one in self.objects["projects"] if one["id"] == id_]
        if not self.unreachable:
            self._updated.add(id_)
            project["scm_revision"] = f"of {project['scm_url']}"
        return {
            "id": id_,
            "url": f"/api/v2/project_updates/{id_}/",
            "status": "failed" if self.unreachable else "successful",
            "failed": self.unreachable,
            "finished": "2026-11-26T08:15:00Z",
            "scm_revision": project["scm_revision"],
        }

    def _list(self, endpoint: str, query: Object) -> Object:
        wanted = {name: int(value) if value.isdigit() else value for name, value in query.items()}
        found = [one for one in self.objects[endpoint] if wanted.items() <= one.items()]
        return {"count": len(found), "next": None, "results": [self._shown(endpoint, one) for one in found]}

    def _create(self, endpoint: str, body: Object) -> Object:
        self._check(endpoint, body)
        return self._shown(endpoint, self._add(endpoint, body), created=True)

    def _change(self, endpoint: str, one: Object, body: Object) -> Object:
        self._check(endpoint, {**one, **body})
        one.update(body)
        return one

    def _add(self, endpoint: str, body: Object) -> Object:
        id_ = sum(map(len, self.objects.values())) + 1
        one = {
            **body,
            "id": id_,
            "url": f"/api/v2/{endpoint}/{id_}/",
            "type": endpoint,
            "scm_revision": "",
            "related": {},
        }
        if endpoint == "job_templates":
            one["related"] = {"survey_spec": f"{one['url']}survey_spec/"}
        if endpoint == "projects":
            one["related"] = {"update": f"{one['url']}update/"}
        self.objects[endpoint].append(one)
        return one

    def _shown(self, endpoint: str, one: Object, *, created: bool = False) -> Object:
        shown = {**one, "summary_fields": {}}
        if endpoint == "credentials":
            shown["inputs"] = {**one["inputs"], "api_key": "$encrypted$"}
        if endpoint == "projects" and created:
            shown["summary_fields"] = {"current_update": {"id": one["id"]}}
        return shown

    def _survey(self, id_: int, method: str, body: Object) -> Object:
        if method == "POST":
            check_survey(body)
            self._surveys[id_] = body
        return self._surveys.get(id_, {})

    def _check(self, endpoint: str, body: Object) -> None:
        if endpoint == "credential_types":
            check_credential_type(body)
        if endpoint == "credentials":
            (type_,) = [one for one in self.objects["credential_types"] if one["id"] == body["credential_type"]]
            missing = set(type_["inputs"]["required"]) - {name for name, value in body["inputs"].items() if value}
            unknown = set(body["inputs"]) - {field["id"] for field in type_["inputs"]["fields"]}
            _refuse(missing | unknown, f"missing or unknown inputs: {missing | unknown}")
        if endpoint == "job_templates":
            # AWX knows the playbooks of a project when it has fetched it.
            found = self._playbooks if body["project"] in self._updated else ()
            _refuse(body["playbook"] not in found, "Playbook not found for project.")


def check_credential_type(body: Object) -> None:
    """Refuse a custom credential type that AWX refuses."""
    fields = body["inputs"]["fields"]
    for field in fields:
        _refuse(set(field) - _FIELD, f"unknown keys in {field}")
        _refuse({"id", "label"} - set(field), f"id and label are missing in {field}")
        _refuse(field["type"] not in ("string", "boolean"), f"unknown type in {field}")
    _refuse(set(body["inputs"]) - {"fields", "required"}, "unknown keys in inputs")
    _refuse(set(body["injectors"]) - {"env", "file", "extra_vars"}, "unknown keys in injectors")
    for name, template in body["injectors"]["env"].items():
        _refuse(
            not re.fullmatch("[a-zA-Z_]+[a-zA-Z0-9_]*", name) or name.startswith("ANSIBLE_"), f"not allowed: {name}"
        )
        try:
            strict = sandbox.ImmutableSandboxedEnvironment(undefined=jinja2.StrictUndefined)
            strict.from_string(template).render({field["id"]: "EXAMPLE" for field in fields})
        except jinja2.TemplateError as wrong:
            raise Refused(f"{name}: {wrong}") from wrong


def check_survey(spec: Object) -> None:
    """Refuse a survey that AWX refuses."""
    _refuse([name for name in ("name", "description") if not isinstance(spec.get(name), str)], "name, description")
    _refuse(not isinstance(spec.get("spec"), list) or not spec["spec"], "no questions")
    variables = [question["variable"] for question in spec["spec"]]
    _refuse(len(variables) != len(set(variables)), f"a variable twice: {variables}")
    for question in spec["spec"]:
        texts = [question.get(name) for name in ("type", "question_name", "variable")]
        _refuse(not all(isinstance(text, str) and text for text in texts), f"no text: {question}")
        _refuse(not isinstance(question.get("required"), bool), f"required is no boolean: {question}")
        _refuse(question["type"] not in ANSWERS, f"unknown type: {question}")
        default = question.get("default", "")
        _refuse(
            default != "" and not isinstance(default, ANSWERS[question["type"]]), f"type of the default: {question}"
        )
        limits = [question.get(name) for name in ("min", "max")]
        _refuse([limit for limit in limits if not isinstance(limit, (int, type(None)))], f"limits: {question}")
        if question["type"] in ("multiplechoice", "multiselect"):
            _refuse(not question.get("choices"), f"no choices: {question}")
            _refuse(default and default not in question["choices"], f"default is no choice: {question}")


def _refuse(wrong: t.Any, why: str) -> None:
    if wrong:
        raise Refused(why)


class _Handler(http.server.BaseHTTPRequestHandler):
    """Takes requests apart."""

    awx: Awx
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_PATCH(self) -> None:
        self._do()

    def _do(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        url = urlsplit(self.path)
        status, answer = 401, None
        if self.headers.get("Authorization") == f"Bearer {_TOKEN}":
            try:
                status, answer = self.awx.answer(self.command, url.path, dict(parse_qsl(url.query)), body)
            except Refused as refused:
                status, answer = 400, {"error": str(refused), "__all__": [str(refused)]}
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: t.Any) -> None:
        """Print nothing."""
