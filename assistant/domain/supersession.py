"""Which article replaces which, from what their authors state; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from posixpath import dirname, join, normpath, splitext


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersessionClaims:
    """What an article says of others, by whatever name its author knows them."""

    id: str
    url: str | None = None
    supersedes: tuple[str, ...] = ()
    superseded_by: str = ""


def resolve_supersessions(
    articles: Sequence[SupersessionClaims],
) -> tuple[Mapping[str, str], Sequence[tuple[str, str]]]:
    """Replaced article -> the newest that replaces it; and (article, what is wrong with its statement).

    An unknown name and a circle replace nothing: a slip must not take an article away.
    """
    names = _build_name_index(articles)
    edges: dict[str, str] = {}
    troubles: list[tuple[str, str]] = []
    for article in articles:
        for old, new in _list_edges(article, names, troubles):
            edges.setdefault(old, new)
    circles = {old for old in edges if _is_cyclic(old, edges)}
    troubles += [
        (old, "it replaces itself by way of others; correct who supersedes whom") for old in sorted(circles)
    ]
    kept = {old: new for old, new in edges.items() if old not in circles}
    return {old: _find_newest(old, kept) for old in kept}, troubles


def _list_edges(
    article: SupersessionClaims, names: Mapping[str, str], troubles: list[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    stated = [("supersedes", name) for name in article.supersedes]
    if article.superseded_by:
        stated.append(("superseded_by", article.superseded_by))
    for key, name in stated:
        found = _resolve_name(name, article.id, names)
        if found is None:
            troubles.append((article.id, f"{key} {name[:80]!r} is not in the knowledge base; check the id"))
        elif found == article.id:
            troubles.append((article.id, f"{key} names the article itself; ignored"))
        else:
            yield (found, article.id) if key == "supersedes" else (article.id, found)


def _build_name_index(articles: Sequence[SupersessionClaims]) -> Mapping[str, str]:
    """Every name that an article may be called by; a full id wins over a shortened one."""
    ids = {article.id: article.id for article in articles}
    urls = {article.url: article.id for article in articles if article.url}
    return {splitext(id)[0]: id for id in ids} | urls | ids


def _resolve_name(name: str, article: str, names: Mapping[str, str]) -> str | None:
    """By id, by address, or by its path from the article's own folder."""
    beside = normpath(join(dirname(article), name))
    return next((names[way] for way in (name, name.lstrip("/"), beside) if way in names), None)


def _is_cyclic(start: str, edges: Mapping[str, str]) -> bool:
    seen, at = {start}, start
    while at in edges:
        at = edges[at]
        if at == start:
            return True
        if at in seen:
            return False
        seen.add(at)
    return False


def _find_newest(old: str, edges: Mapping[str, str]) -> str:
    while old in edges:
        old = edges[old]
    return old
