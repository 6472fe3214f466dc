"""Records of a kintone app (REST API v1); which field holds what is said by settings."""

from collections.abc import Mapping
from typing import Any

from assistant.ports.trackers import ExternalIssue, IssueDraft
from assistant.trackers.base import BaseTracker, TrackerSetting

STATUS_TYPE = "STATUS"


class KintoneTracker(BaseTracker):
    name = "kintone"
    settings = (
        TrackerSetting(name="URL"),
        TrackerSetting(name="TOKEN"),
        TrackerSetting(name="APP"),
        #: Field codes; the marker's field should forbid duplicates.
        TrackerSetting(name="TITLE_FIELD", default="title"),
        TrackerSetting(name="TEXT_FIELD", default="text"),
        TrackerSetting(name="MARKER_FIELD", default="marker"),
        TrackerSetting(name="DUE_FIELD", is_required=False),
        #: A drop-down field; unset: the status of the app's process management.
        TrackerSetting(name="STATUS_FIELD", is_required=False),
        TrackerSetting(name="DONE", default="完了"),
    )

    def build_headers(self) -> Mapping[str, str]:
        return {"X-Cybozu-API-Token": self.get_setting("TOKEN")}

    async def find_issue(self, marker: str) -> ExternalIssue | None:
        # A field that is not there is an error here; when a record is added it is ignored without a word.
        query = f'{self.get_setting("MARKER_FIELD")} = "{marker}" limit 1'

        def find(answer: Any) -> ExternalIssue | None:
            return next((self._parse_record(one) for one in answer["records"]), None)

        return await self.fetch("GET", "/k/v1/records.json", find, params=self._of_app(query=query))

    async def create_issue(self, draft: IssueDraft) -> ExternalIssue:
        values = {"TITLE": draft.title, "TEXT": "\n".join(draft.lines), "MARKER": draft.marker}
        if draft.due is not None and self.get_setting("DUE_FIELD"):
            values["DUE"] = draft.due.isoformat()
        record = {self.get_setting(f"{name}_FIELD"): {"value": value} for name, value in values.items()}
        added = self._of_app(record=record)
        return await self.fetch(
            "POST", "/k/v1/record.json", lambda answer: self._build_issue(answer["id"]), json=added
        )

    async def load_issue(self, key: str) -> ExternalIssue:
        return await self.fetch(
            "GET",
            "/k/v1/record.json",
            lambda answer: self._parse_record(answer["record"]),
            params=self._of_app(id=key),
        )

    def _of_app(self, **more: Any) -> dict[str, Any]:
        return {"app": self.get_setting("APP"), **more}

    def _parse_record(self, record: Any) -> ExternalIssue:
        field = self.get_setting("STATUS_FIELD")
        if field:
            status = record[field]["value"]
        else:
            status = next((one["value"] for one in record.values() if one["type"] == STATUS_TYPE), None)
        is_done = status in [each.strip() for each in self.get_setting("DONE").split(",")]
        return self._build_issue(record["$id"]["value"], is_done=is_done)

    def _build_issue(self, record: Any, *, is_done: bool = False) -> ExternalIssue:
        number = int(record)
        url = f"{self.base_url}/k/{self.get_setting('APP')}/show#record={number}"
        return ExternalIssue(key=str(number), url=url, is_done=is_done)
