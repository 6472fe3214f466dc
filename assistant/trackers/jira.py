"""Issues of a Jira Cloud project (REST API 3)."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from assistant.ports.trackers import ExternalIssue, IssueDraft
from assistant.trackers.base import BaseTracker, TrackerSetting

FIELDS = "status,resolution"
#: Resolutions of Jira with which nothing was done.
UNDONE = frozenset({"won't do", "won't fix", "declined", "duplicate", "cannot reproduce", "known error"})


class JiraTracker(BaseTracker):
    name = "jira"
    settings = (
        TrackerSetting(name="URL"),
        TrackerSetting(name="EMAIL"),
        TrackerSetting(name="TOKEN"),
        TrackerSetting(name="PROJECT"),
        TrackerSetting(name="ISSUE_TYPE", default="Task"),
    )

    def build_headers(self) -> Mapping[str, str]:
        pair = f"{self.get_setting('EMAIL')}:{self.get_setting('TOKEN')}".encode()
        return {
            "Authorization": f"Basic {base64.b64encode(pair).decode()}",
            "Accept": "application/json",
        }

    async def find_issue(self, marker: str) -> ExternalIssue | None:
        # Without `fields` only ids are answered.
        query = {"jql": f'labels = "{marker}"', "fields": FIELDS, "maxResults": 1}

        def find(answer: Any) -> ExternalIssue | None:
            return next((self._parse_issue(one) for one in answer["issues"]), None)

        return await self.fetch("GET", "/rest/api/3/search/jql", find, params=query)

    async def create_issue(self, draft: IssueDraft) -> ExternalIssue:
        # Text nodes are plain: nobody is mentioned, nothing is markup. The due date stands in the text alone,
        # because a project whose form lacks the field refuses it.
        paragraphs = [
            {"type": "paragraph", "content": [{"type": "text", "text": x}]} for x in draft.lines if x
        ]
        fields = {
            "project": {"key": self.get_setting("PROJECT")},
            "issuetype": {"name": self.get_setting("ISSUE_TYPE")},
            "summary": draft.title,
            "labels": [draft.marker],
            "description": {"type": "doc", "version": 1, "content": paragraphs},
        }
        key = await self.fetch("POST", "/rest/api/3/issue", _parse_key, json={"fields": fields})
        return ExternalIssue(key=key, url=self._build_url(key))

    async def load_issue(self, key: str) -> ExternalIssue:
        path = f"/rest/api/3/issue/{quote(key, safe='')}"
        return await self.fetch("GET", path, self._parse_issue, params={"fields": FIELDS})

    def _parse_issue(self, answer: Any) -> ExternalIssue:
        key, fields = _parse_key(answer), answer["fields"]
        is_closed = fields["status"]["statusCategory"]["key"] == "done"
        resolution = str((fields.get("resolution") or {}).get("name", "")).casefold()
        is_dropped = is_closed and resolution.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'") in UNDONE
        return ExternalIssue(
            key=key, url=self._build_url(key), is_done=is_closed and not is_dropped, is_dropped=is_dropped
        )

    def _build_url(self, key: str) -> str:
        return f"{self.base_url}/browse/{quote(key, safe='')}"


def _parse_key(answer: Any) -> str:
    if not isinstance(answer["key"], str):
        raise TypeError("not a key")
    return answer["key"]
