"""Issues of a GitHub repository (REST API 2022-11-28), or of a GitHub Enterprise Server."""

import re
from collections.abc import Mapping
from typing import Any

from assistant.ports.trackers import ExternalIssue, IssueDraft
from assistant.trackers.base import BaseTracker, TrackerSetting, defuse_references

PUBLIC_API = "https://api.github.com"
#: Latest issues among which that of a try before is looked for: GitHub's search lags behind, lists do not.
LISTED_ISSUES = 50
_MARKUP = re.compile(r"([\\`*_\[\]<>!|~])")


class GitHubTracker(BaseTracker):
    name = "github"
    settings = (
        TrackerSetting(name="REPOSITORY"),
        TrackerSetting(name="TOKEN"),
        TrackerSetting(name="URL", default=PUBLIC_API),
    )

    def build_headers(self) -> Mapping[str, str]:
        return {
            "Authorization": f"Bearer {self.get_setting('TOKEN')}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "Yorisoi-trackers/1",
        }

    async def find_issue(self, marker: str) -> ExternalIssue | None:
        newest = {"state": "all", "sort": "created", "direction": "desc", "per_page": LISTED_ISSUES}

        def find(answer: Any) -> ExternalIssue | None:
            marked = (one for one in answer if marker in (one["body"] or ""))
            return next((self._parse_issue(one) for one in marked), None)

        return await self.fetch("GET", self._issues, find, params=newest)

    async def create_issue(self, draft: IssueDraft) -> ExternalIssue:
        body = "\n\n".join(_MARKUP.sub(r"\\\1", defuse_references(line)) for line in draft.lines)
        issue = {"title": draft.title, "body": f"{body}\n\n<!-- {draft.marker} -->"}
        return await self.fetch("POST", self._issues, self._parse_issue, json=issue)

    async def load_issue(self, key: str) -> ExternalIssue:
        return await self.fetch("GET", f"{self._issues}/{int(key)}", self._parse_issue)

    @property
    def _issues(self) -> str:
        return f"/repos/{self.get_setting('REPOSITORY').strip('/')}/issues"

    def _parse_issue(self, answer: Any) -> ExternalIssue:
        is_closed = answer["state"] == "closed"
        is_done = is_closed and answer.get("state_reason") in (None, "completed")
        site = "https://github.com" if self.base_url == PUBLIC_API else self.base_url.removesuffix("/api/v3")
        number = int(answer["number"])
        return ExternalIssue(
            key=str(number),
            url=f"{site}/{self.get_setting('REPOSITORY').strip('/')}/issues/{number}",
            is_done=is_done,
            is_dropped=is_closed and not is_done,
        )
