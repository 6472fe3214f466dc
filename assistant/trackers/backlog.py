"""Issues of a Backlog project (API 2)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from assistant.domain.trackers import IssueTrouble
from assistant.ports.trackers import ExternalIssue, IssueDraft, TrackerFailed
from assistant.trackers.base import BaseTracker, TrackerSetting, defuse_references

#: 中 (normal), 完了 (closed) and 対応済み (fixed) have the same numbers in every space.
NORMAL_PRIORITY = 3
CLOSED_STATUS = 4
FIXED_RESOLUTION = 0
LISTED_ISSUES = 20


class BacklogTracker(BaseTracker):
    name = "backlog"
    settings = (
        TrackerSetting(name="URL"),
        TrackerSetting(name="TOKEN"),
        TrackerSetting(name="PROJECT"),
        #: Name of an issue type; the project's first one if unset.
        TrackerSetting(name="ISSUE_TYPE", is_required=False),
    )

    def build_secret_query(self) -> Mapping[str, str]:
        return {"apiKey": self.get_setting("TOKEN")}

    async def find_issue(self, marker: str) -> ExternalIssue | None:
        project = await self._fetch_project()
        query = {"projectId[]": project, "keyword": marker, "count": LISTED_ISSUES}

        def find(answer: Any) -> ExternalIssue | None:
            # The search may take the marker apart.
            marked = (one for one in answer if marker in (one["description"] or ""))
            return next((self._parse_issue(one) for one in marked), None)

        return await self.fetch("GET", "/api/v2/issues", find, params=query)

    async def create_issue(self, draft: IssueDraft) -> ExternalIssue:
        lines = [defuse_references(line) for line in draft.lines]
        form = {
            "projectId": await self._fetch_project(),
            "issueTypeId": await self._fetch_issue_type(),
            "priorityId": NORMAL_PRIORITY,
            "summary": draft.title,
            "description": "\n\n".join((*lines, draft.marker)),
        }
        if draft.due is not None:
            form["dueDate"] = draft.due.isoformat()
        return await self.fetch("POST", "/api/v2/issues", self._parse_issue, data=form)

    async def load_issue(self, key: str) -> ExternalIssue:
        path = f"/api/v2/issues/{quote(key, safe='')}"
        return await self.fetch("GET", path, self._parse_issue)

    async def _fetch_project(self) -> int:
        path = f"/api/v2/projects/{quote(self.get_setting('PROJECT'), safe='')}"
        return await self.fetch("GET", path, lambda answer: int(answer["id"]))

    async def _fetch_issue_type(self) -> int:
        path = f"/api/v2/projects/{quote(self.get_setting('PROJECT'), safe='')}/issueTypes"
        types = await self.fetch("GET", path, list)
        wanted = self.get_setting("ISSUE_TYPE")
        for one in types:
            if not wanted or one.get("name") == wanted:
                return int(one["id"])
        raise TrackerFailed(IssueTrouble.NOT_FOUND, "there is no such issue type")

    def _parse_issue(self, answer: Any) -> ExternalIssue:
        key = answer["issueKey"]
        is_closed = answer["status"]["id"] == CLOSED_STATUS
        resolution = answer.get("resolution")
        is_done = is_closed and (resolution is None or resolution["id"] == FIXED_RESOLUTION)
        return ExternalIssue(
            key=key,
            url=f"{self.base_url}/view/{quote(key, safe='')}",
            is_done=is_done,
            is_dropped=is_closed and not is_done,
        )
