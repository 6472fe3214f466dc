"""Tools are read from YAML; what would go wrong only with a customer there stops the start."""

from pathlib import Path

import pytest
import yaml

from assistant.domain.actions import Effect
from assistant.domain.errors import BadInput, SetupError
from assistant.tools.catalogue import check_arguments, load_tools

TOOLS = Path(__file__).parents[2] / "tools"


def change(folder: Path, **changes: object) -> Path:
    """A folder with one tool, changed."""
    data = yaml.safe_load((TOOLS / "cancel_order.yaml").read_text("utf-8"))
    folder.joinpath("cancel_order.yaml").write_text(yaml.safe_dump({**data, **changes}, allow_unicode=True))
    return folder


def test_the_sample_shops_tools_are_read() -> None:
    tools = load_tools(TOOLS)
    assert set(tools) == {"order_status", "cancel_order", "change_address", "request_return"}
    assert tools["order_status"].effect is Effect.READ
    assert [tool.is_write for tool in tools.values()].count(True) == 3


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"effect": "safe"}, "safe"),
        ({"min_identity": 9}, "9"),
        ({"min_identity": 1}, "min_identity is 2, 3 or 4"),
        ({"min_identity": 0}, "min_identity is 2, 3 or 4"),
        ({"name": "other"}, "same name"),
        ({"subject": "who"}, "no slot"),
        ({"confirm": {"ja": "${secret}", "en": "x"}}, "no result field"),
        ({"timeout_seconds": 600}, "timeout_seconds"),
        ({"schema": {"type": "nonsense", "properties": {"order_number": {}}}}, "schema"),
        ({"schema": {"type": "object", "properties": {}}}, "same names"),
        ({"words": {"ja": "(", "en": "x"}}, "no pattern"),
        ({"consent_words": {"ja": "(", "en": "x"}}, "no pattern"),
        ({"consent_words": {"ja": "x" * 201, "en": "y"}}, "at most 200"),
        ({"consent_words": {"ja": ".", "en": "cancel"}}, "do not name"),
        ({"consent_words": {"ja": "(?:cancel)?", "en": "cancel"}}, "do not name"),
        ({"consent_words": {}}, "KeyError"),
        ({"result_fields": {"items": "html", "total": "text"}}, "html"),
        ({"slots": None}, "NoneType"),
    ],
)
def test_a_mistake_is_told_in_a_line(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    with pytest.raises(SetupError, match="tools") as told:
        load_tools(change(tmp_path, **changes))
    assert says in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("key", ["confirm", "consent_words"])
def test_a_write_without_what_a_yes_needs_is_refused(tmp_path: Path, key: str) -> None:
    folder = change(tmp_path)
    data = yaml.safe_load(folder.joinpath("cancel_order.yaml").read_text("utf-8"))
    del data[key]
    folder.joinpath("cancel_order.yaml").write_text(yaml.safe_dump(data, allow_unicode=True))
    with pytest.raises(SetupError, match=key):
        load_tools(folder)


def test_arguments_that_do_not_fit_are_refused_without_their_text() -> None:
    tool = load_tools(TOOLS)["cancel_order"]
    check_arguments(tool, {"order_number": "KM-123456"})
    with pytest.raises(BadInput) as told:
        check_arguments(tool, {"order_number": "KM-1; DROP TABLE orders"})
    assert "DROP" not in str(told.value)
    with pytest.raises(BadInput):
        check_arguments(tool, {"order_number": "KM-123456", "customer": "somebody else"})
