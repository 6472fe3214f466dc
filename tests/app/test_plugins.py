"""What another distribution adds by entry points: a channel, tools, a retriever."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.app.settings import Settings
from assistant.app.wiring import TOOLS, build_retriever, build_tools
from assistant.channels import has_channel_settings, list_channel_names
from assistant.channels.registry import get_channel_class, open_channels
from assistant.domain.errors import SetupError
from assistant.trackers.registry import get_tracker_class, list_tracker_settings, open_trackers

ENTRY_POINTS = """
[yorisoi.channels]
pager = tiny_plugin.pager:PagerChannel
[yorisoi.trackers]
ticket = tiny_plugin.pager:TicketTracker
[yorisoi.tools]
tiny = tiny_plugin.tools
[yorisoi.retrievers]
loud = tiny_plugin.pager:shout
gone = tiny_plugin.pager:no_such_thing
"""
PAGER = """
from assistant.channels.base import BaseChannel, ChannelSetting
from assistant.channels.formatting import TextLimits

class PagerChannel(BaseChannel):
    name = "pager"
    settings = (ChannelSetting(name="NUMBER", description="Number of the pager"),)
    steps = {"ja": "", "en": ""}

from assistant.trackers.base import BaseTracker, TrackerSetting

class TicketTracker(BaseTracker):
    name = "ticket"
    settings = (TrackerSetting(name="URL"),)

def shout(inner):
    return ("shouts", inner)
"""


@pytest.fixture
def distribution(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files that installing a small distribution leaves in site-packages."""
    facts = tmp_path / "tiny_plugin-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-plugin\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(ENTRY_POINTS)
    package = tmp_path / "tiny_plugin"
    (package / "tools").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "tools" / "__init__.py").touch()
    (package / "pager.py").write_text(PAGER)
    tool = (TOOLS / "order_status.yaml").read_text("utf-8")
    (package / "tools" / "parcel_status.yaml").write_text(
        tool.replace("name: order_status", "name: parcel_status", 1), "utf-8"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield package
    for name in [name for name in sys.modules if name.split(".")[0] == "tiny_plugin"]:
        del sys.modules[name]


def test_nothing_is_added_where_nothing_is_installed() -> None:
    assert "pager" not in list_channel_names()
    with pytest.raises(SetupError, match="There is no channel pager; there are line, "):
        get_channel_class("pager")


@pytest.mark.usefixtures("distribution")
def test_a_channel_of_a_distribution_is_configured_like_ours() -> None:
    client: Any = None
    found = open_channels({"ASSISTANT_PAGER_NUMBER__TOKYO": "090"}, "https://x", client)
    assert has_channel_settings(["ASSISTANT_PAGER_NUMBER"])
    assert [(key, type(channel).__name__) for key, channel in found.items()] == [
        (("pager", "tokyo"), "PagerChannel")
    ]


def test_a_plug_in_that_is_no_channel_is_named(distribution: Path) -> None:
    (distribution / "pager.py").write_text(PAGER.replace('name = "pager"', 'name = "line"'))
    with pytest.raises(SetupError, match="plug-in pager is no channel"):
        get_channel_class("pager")


@pytest.mark.usefixtures("distribution")
def test_a_tracker_of_a_distribution_is_configured_like_ours() -> None:
    client: Any = None
    found = open_trackers({"ASSISTANT_TRACKER_TICKET_URL": "https://x"}, client)
    assert {name: type(tracker).__name__ for name, tracker in found.items()} == {"ticket": "TicketTracker"}
    assert "ASSISTANT_TRACKER_TICKET_URL" in list_tracker_settings()
    with pytest.raises(SetupError, match="There is no tracker no; there are github, jira"):
        get_tracker_class("no")


@pytest.mark.usefixtures("distribution")
def test_tools_of_a_distribution_stand_beside_the_folders() -> None:
    settings = Settings(backend_url="https://shop.example")  # type: ignore[call-arg]
    assert {"order_status", "parcel_status"} <= build_tools(settings).keys()


def test_of_two_tools_with_one_name_neither_wins(distribution: Path) -> None:
    (distribution / "tools" / "parcel_status.yaml").unlink()
    text = (TOOLS / "order_status.yaml").read_text("utf-8")
    (distribution / "tools" / "order_status.yaml").write_text(text, "utf-8")
    settings = Settings(backend_url="https://shop.example")  # type: ignore[call-arg]
    with pytest.raises(SetupError, match="plug-in tiny: there is another tool 'order_status'"):
        build_tools(settings)


class FakeKnowledge:
    """As much of a knowledge base as a retriever is built from."""

    retriever: Any = None
    words: Any = None


@pytest.mark.usefixtures("distribution")
def test_a_retriever_is_used_when_it_is_named() -> None:
    def build(name: str | None) -> Any:
        knowledge: Any = FakeKnowledge()
        return build_retriever(Settings(retriever=name, embeddings="other"), knowledge)  # type: ignore[call-arg]

    assert build("loud")[0] == "shouts"
    assert not isinstance(build(None), tuple)
    with pytest.raises(SetupError, match=r"gone of yorisoi\.retrievers cannot be loaded .*no_such_thing"):
        build("gone")
    with pytest.raises(SetupError, match=r"no plug-in quiet in yorisoi\.retrievers; there are: gone, loud"):
        build("quiet")
