"""Where articles come from, without where that lies on the server."""

import pytest

from assistant.api.source_labels import SourceLabels

PLACES = SourceLabels(
    ("/srv/shop/articles", "/srv/firm/articles", "/work/help", "https://help.example.jp/sitemap.xml")
)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("/srv/shop/articles", "shop/articles"),
        ("/srv/firm/articles", "firm/articles"),
        ("/work/help", "help"),
        ("/gone/since", "since"),
        ("https://help.example.jp/sitemap.xml", "https://help.example.jp/sitemap.xml"),
    ],
)
def test_a_folder_is_shown_by_its_name(source: str, shown: str) -> None:
    assert PLACES.label_source(source) == shown


@pytest.mark.parametrize(
    ("location", "source", "shown"),
    [
        ("/work/help/ja/returns.md", "/work/help", "help/ja/returns.md"),
        ("/elsewhere/returns.md", "/work/help", "returns.md"),
        ("/work/help", "/work/help", "help"),
        ("gone.md", "/work/help", "gone.md"),
        ("https://help.example.jp/a", "https://help.example.jp/sitemap.xml", "https://help.example.jp/a"),
    ],
)
def test_a_file_is_shown_from_its_folder_on(location: str, source: str, shown: str) -> None:
    assert PLACES.label_location(location, source) == shown
