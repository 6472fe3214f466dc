"""Simulated trackers: small servers with the paths, fields and errors of the real ones."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import parse_qs

import httpx

from assistant.ports.trackers import IssueTracker
from assistant.trackers.http import build_client
from assistant.trackers.registry import open_trackers

TOKEN = "secret-token-1234567890"
ADDRESS = "203.0.113.7"


@dataclass
class SimulatedTracker:
    """Keeps its issues; answers the next of *faults* instead, the last call's answer may be lost."""

    environment: ClassVar[dict[str, str]]
    host: ClassVar[str]
    issues: list[dict[str, Any]] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    faults: list[httpx.Response | Exception | None] = field(default_factory=list)
    #: An error raised after the next issue was created.
    lost: Exception | None = None

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert request.url.host == ADDRESS, "called by name, not by the address that was checked"
        assert request.headers["host"] == self.host
        if self.faults and (fault := self.faults.pop(0)) is not None:
            if isinstance(fault, Exception):
                raise fault
            return fault
        if not self.is_authorized(request):
            return httpx.Response(401, json={"message": "Bad credentials"})
        before = len(self.issues)
        response = self.route(request)
        if len(self.issues) > before and self.lost is not None:
            lost, self.lost = self.lost, None
            raise lost
        return response

    def is_authorized(self, request: httpx.Request) -> bool:
        return TOKEN in request.headers.get("authorization", "")

    def route(self, request: httpx.Request) -> httpx.Response:
        raise NotImplementedError

    def close(self, *, done: bool) -> None:
        """Close the last issue there, done or as not to be done."""
        raise NotImplementedError

    def read_text(self) -> str:
        """Everything that the last issue says."""
        return json.dumps(self.issues[-1], ensure_ascii=False)


class SimulatedGitHub(SimulatedTracker):
    host = "api.github.com"
    environment: ClassVar[dict[str, str]] = {"REPOSITORY": "shop/shop", "TOKEN": TOKEN}

    def route(self, request: httpx.Request) -> httpx.Response:
        base = "/repos/shop/shop/issues"
        if request.method == "POST" and request.url.path == base:
            sent = json.loads(request.content)
            if not sent.get("title"):
                return httpx.Response(422, json={"message": "Validation Failed", "errors": []})
            issue = {"number": len(self.issues) + 1, "state": "open", "state_reason": None, **sent}
            self.issues.append(issue)
            return httpx.Response(201, json=issue)
        if request.url.path == base:
            size = int(request.url.params["per_page"])
            assert request.url.params["state"] == "all"
            return httpx.Response(200, json=[{"number": 99, "body": None}, *self.issues[::-1]][:size])
        number = request.url.path.removeprefix(f"{base}/")
        found = [one for one in self.issues if str(one["number"]) == number]
        return (
            httpx.Response(200, json=found[0])
            if found
            else httpx.Response(404, json={"message": "Not Found"})
        )

    def close(self, *, done: bool) -> None:
        self.issues[-1] |= {"state": "closed", "state_reason": "completed" if done else "not_planned"}


class SimulatedJira(SimulatedTracker):
    host = "shop.atlassian.net"
    environment: ClassVar[dict[str, str]] = {
        "URL": "https://shop.atlassian.net/",
        "EMAIL": "bot@shop.example",
        "TOKEN": TOKEN,
        "PROJECT": "SHOP",
    }

    def is_authorized(self, request: httpx.Request) -> bool:
        pair = httpx.BasicAuth("bot@shop.example", TOKEN)._auth_header
        return bool(request.headers.get("authorization") == pair)

    def route(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if path == "/rest/api/3/issue" and request.method == "POST":
            return self._create(json.loads(request.content)["fields"])
        fields = request.url.params.get("fields", "").split(",")
        if path == "/rest/api/3/search/jql":
            label = request.url.params["jql"].split('"')[1]
            found = [one for one in self.issues if label in one["fields"]["labels"]]
        else:
            found = [one for one in self.issues if path == f"/rest/api/3/issue/{one['key']}"]
            if not found:
                return httpx.Response(404, json={"errorMessages": ["Issue does not exist"], "errors": {}})
        shown = [
            {"key": one["key"], "fields": {name: one["fields"].get(name) for name in fields if name}}
            for one in found
        ]
        if path.endswith("/jql"):
            return httpx.Response(200, json={"issues": shown, "isLast": True})
        return httpx.Response(200, json=shown[0])

    def _create(self, fields: dict[str, Any]) -> httpx.Response:
        is_known = set(fields) <= {"project", "issuetype", "summary", "labels", "description"}
        if not is_known or fields["description"]["type"] != "doc" or " " in fields["labels"][0]:
            return httpx.Response(400, json={"errorMessages": [], "errors": {"description": "not ADF"}})
        new = {"statusCategory": {"key": "new"}}
        self.issues.append({"key": f"SHOP-{len(self.issues) + 1}", "fields": {**fields, "status": new}})
        return httpx.Response(201, json={"id": "1", "key": self.issues[-1]["key"], "self": "https://x"})

    def close(self, *, done: bool) -> None:
        self.issues[-1]["fields"] |= {
            "status": {"statusCategory": {"key": "done"}},
            "resolution": {"name": "Done" if done else "Won't Do"},
        }


class SimulatedBacklog(SimulatedTracker):
    host = "shop.backlog.jp"
    environment: ClassVar[dict[str, str]] = {
        "URL": "https://shop.backlog.jp",
        "TOKEN": TOKEN,
        "PROJECT": "SHOP",
    }

    def is_authorized(self, request: httpx.Request) -> bool:
        return bool(request.url.params.get("apiKey") == TOKEN)

    def route(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/v2/")
        if path == "projects/SHOP":
            return httpx.Response(200, json={"id": 7, "projectKey": "SHOP"})
        if path == "projects/SHOP/issueTypes":
            return httpx.Response(200, json=[{"id": 31, "name": "タスク"}, {"id": 32, "name": "バグ"}])
        if path == "issues" and request.method == "POST":
            return self._create(
                {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
            )
        if path == "issues":
            assert request.url.params["projectId[]"] == "7"
            return httpx.Response(200, json=[{"description": None}, *self.issues])
        found = [one for one in self.issues if path == f"issues/{one['issueKey']}"]
        if found:
            return httpx.Response(200, json=found[0])
        errors = [{"message": "No such issue.", "code": 6, "moreInfo": ""}]
        return httpx.Response(404, json={"errors": errors})

    def _create(self, form: dict[str, str]) -> httpx.Response:
        if (form["projectId"], form["issueTypeId"], form["priorityId"]) != ("7", "31", "3"):
            return httpx.Response(400, json={"errors": [{"message": "invalid", "code": 7}]})
        new = {"issueKey": f"SHOP-{len(self.issues) + 1}", "status": {"id": 1}, "resolution": None}
        self.issues.append({**form, **new})
        return httpx.Response(201, json=self.issues[-1])

    def close(self, *, done: bool) -> None:
        self.issues[-1] |= {"status": {"id": 4}, "resolution": {"id": 0 if done else 1}}


class SimulatedKintone(SimulatedTracker):
    host = "shop.cybozu.com"
    environment: ClassVar[dict[str, str]] = {
        "URL": "https://shop.cybozu.com",
        "TOKEN": TOKEN,
        "APP": "12",
        "DUE_FIELD": "due",
    }
    FIELDS = frozenset({"title", "text", "marker", "due"})

    def is_authorized(self, request: httpx.Request) -> bool:
        return bool(request.headers.get("x-cybozu-api-token") == TOKEN)

    def route(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            sent = json.loads(request.content)
            assert (request.url.path, sent["app"]) == ("/k/v1/record.json", "12")
            return self._create(sent["record"])
        # A GET with this header is refused by the real one.
        assert "content-type" not in request.headers
        if request.url.path == "/k/v1/records.json":
            name, _, value = request.url.params["query"].partition(" = ")
            if name not in self.FIELDS:
                return httpx.Response(400, json={"code": "GAIA_IQ11", "id": "x", "message": "no such field"})
            marker = value.split('"')[1]
            return httpx.Response(
                200,
                json={
                    "records": [x for x in self.issues if x["marker"]["value"] == marker],
                    "totalCount": None,
                },
            )
        found = [one for one in self.issues if one["$id"]["value"] == request.url.params["id"]]
        if found:
            return httpx.Response(200, json={"record": found[0]})
        return httpx.Response(404, json={"code": "GAIA_RE01", "id": "x", "message": "no such record"})

    def _create(self, record: dict[str, Any]) -> httpx.Response:
        number = str(len(self.issues) + 1)
        # Fields that the app does not have are ignored.
        kept = {code: {"type": "TEXT", **value} for code, value in record.items() if code in self.FIELDS}
        status = {"ステータス": {"type": "STATUS", "value": "未処理"}}
        self.issues.append(kept | status | {"$id": {"type": "__ID__", "value": number}})
        return httpx.Response(200, json={"id": number, "revision": "1"})

    def close(self, *, done: bool) -> None:
        self.issues[-1]["ステータス"]["value"] = "完了" if done else "見送り"


SIMULATED: dict[str, Callable[[], SimulatedTracker]] = {
    "github": SimulatedGitHub,
    "jira": SimulatedJira,
    "backlog": SimulatedBacklog,
    "kintone": SimulatedKintone,
}


async def resolve_public(_host: str, _port: int) -> list[str]:
    return [ADDRESS]


def open_simulated(name: str, server: SimulatedTracker, **settings: str) -> IssueTracker:
    """The adapter, connected to *server*."""
    values = {**server.environment, **settings}
    environment = {f"ASSISTANT_TRACKER_{name}_{setting}".upper(): value for setting, value in values.items()}
    client = build_client(resolve_public, httpx.MockTransport(server.answer))
    return open_trackers(environment, client)[name]
