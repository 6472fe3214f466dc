"""The manual: every page is in its list, links lead somewhere, in the site and in the repository."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from scripts.docs_pages import COPIES, on_page_markdown, render_commands
from tests.test_house import ROOT

DOCS = ROOT / "docs"
PAGES = sorted(str(file.relative_to(DOCS)) for file in DOCS.rglob("*.md"))
CONFIG = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))


def list_nav(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    inner = entry.values() if isinstance(entry, dict) else entry
    return [page for each in inner for page in list_nav(each)]


def test_every_page_is_in_the_list_once() -> None:
    assert sorted(list_nav(CONFIG["nav"])) == sorted([*PAGES, *COPIES, "cli.md"])


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere_in_the_repository(page: str) -> None:
    text = re.sub(r"```.*?```|`[^`\n]+`", "", (DOCS / page).read_text("utf-8"), flags=re.DOTALL)
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text)
    assert [link for link in links if not ((DOCS / page).parent / link).exists()] == []


@pytest.mark.parametrize(
    ("here", "markdown", "becomes"),
    [
        ("howto/upgrade.md", "[log](../../CHANGELOG.md)", "[log](../changelog.md)"),
        ("index.md", "[why](../DECISIONS.md#x)", "[why](decisions.md#x)"),
        ("leads/articles.md", "[policy](../docs/policy.md)", "[policy](../policy.md)"),
        ("index.md", "[policy](policy.md)", "[policy](policy.md)"),
        ("observability.md", "[file](grafana/yorisoi.json)", "file (`docs/grafana/yorisoi.json`)"),
        ("changelog.md", "[site](https://example.jp)", "[site](https://example.jp)"),
    ],
)
def test_links_lead_to_the_pages_of_the_site(here: str, markdown: str, becomes: str) -> None:
    pages = {*PAGES, *COPIES}
    files = SimpleNamespace(get_file_from_path=lambda path: path if path in pages else None)
    page = SimpleNamespace(file=SimpleNamespace(src_uri=here))
    assert on_page_markdown(markdown, page, None, files) == becomes


def test_every_command_is_on_the_page_of_commands() -> None:
    text = render_commands()
    for command in ("serve", "prepare", "agent add", "channel check", "export conversations", "data import"):
        assert f"## assistant {command}\n" in text
    assert "--prune" in text


def test_the_metrics_page_names_every_metric() -> None:
    told = (DOCS / "observability.md").read_text("utf-8")
    files = (ROOT / "assistant" / "api" / "metrics.py", ROOT / "assistant" / "measures.py")
    source = "".join(file.read_text("utf-8") for file in files)
    names = set(re.findall(r'"(assistant_[a-z_]+)"', source))
    assert names
    assert [name for name in sorted(names) if name.removesuffix("_total") not in told] == []
