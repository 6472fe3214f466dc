"""Assigns stable article ids and detects articles that vanished; pure, without I/O.

An article's id is its path relative to the ingested folder, or its address, and it keeps its first id. Where
another folder already uses that id, the new id begins with its own folder's name (``en/faq.md``).
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from assistant.domain.knowledge import Article, Origin


class ArticleIds:
    """The origins known before a run, and what the run read of them."""

    def __init__(self, origins: Mapping[str, Origin]) -> None:
        self._origins = dict(origins)
        self._ids = {origin.location: id for id, origin in origins.items()}
        self._seen: set[str] = set()
        self._doubtful: set[str] = set()
        self._read: set[str] = set()
        self._partly: set[str] = set()
        self._gone: dict[str, bool] = {}
        #: Articles whose folder moved, or whose server reports a new version.
        self.moved: dict[str, Origin] = {}
        #: Ids that had to differ from the plain path, by source.
        self.prefixed: dict[str, list[str]] = {}

    def find_known(self, location: str) -> tuple[str, Origin] | None:
        """The article that was read from this location before."""
        id = self._ids.get(location)
        return (id, self._origins[id]) if id is not None else None

    def assign_id(self, candidates: Iterable[str], origin: Origin) -> str:
        """The id of the article at this location, the same on every later run."""
        self._seen.add(origin.location)
        if origin.location in self._ids:
            return self._ids[origin.location]
        for position, candidate in enumerate(candidates):
            holder = self._origins.get(candidate)
            if holder is None or self._is_gone(holder):
                return self._register_id(candidate, origin, holder, prefixed=position > 0)
        raise AssertionError("the last candidate is the whole path, which only one file has")

    def record_reread(self, article: Article) -> None:
        """Record that the content is unchanged although the server may report a new version."""
        if article.origin and article.origin.version != self._origins[article.id].version:
            self.moved[article.id] = article.origin

    def mark_read(self, source: str) -> None:
        """Record that a source was listed completely: articles that are not in it have vanished."""
        self._read.add(source)

    def mark_partly_read(self, source: str) -> None:
        """Record that a source was listed only in part: articles that are not in it may still exist."""
        self._partly.add(source)

    @property
    def listed_sources(self) -> list[str]:
        """All sources that were checked, listed completely or not."""
        return sorted(self._read | self._doubtful)

    def get_source(self, article: str) -> str:
        """The source that an article was read from."""
        return self._origins[article].source

    def has_articles(self, source: str) -> bool:
        """Whether any article was read from this source."""
        return any(origin.source == source for origin in self._origins.values())

    def mark_doubtful(self, place: str) -> None:
        """Record that something at this location could not be read, so it may still exist."""
        self._doubtful.add(place)

    def mark_seen(self, location: str) -> None:
        """Record that the article still exists."""
        self._seen.add(location)

    def list_vanished(self) -> list[str]:
        """Articles of the listed sources whose document no longer exists."""
        return [
            id
            for id, origin in self._origins.items()
            if origin.location not in self._seen
            and any(_covers_origin(source, origin) for source in self._read - self._partly)
            and not any(_is_within(origin.location, place) for place in self._doubtful)
        ]

    def _register_id(self, id: str, origin: Origin, holder: Origin | None, *, prefixed: bool) -> str:
        if holder is not None:
            self.moved[id] = origin
            # The other articles of the moved folder belong to the new one too.
            self._read.add(holder.source)
        if prefixed:
            self.prefixed.setdefault(origin.source, []).append(id)
        self._origins[id] = origin
        self._ids[origin.location] = id
        return id

    def _is_gone(self, holder: Origin) -> bool:
        """Whether the folder or file of an article no longer exists: then this may be the same one, moved."""
        if holder.source not in self._gone:
            self._gone[holder.source] = "://" not in holder.source and not Path(holder.source).exists()
        return self._gone[holder.source]


def _covers_origin(source: str, origin: Origin) -> bool:
    return source == origin.source or ("://" not in source and _is_within(origin.location, source))


def _is_within(location: str, place: str) -> bool:
    """Whether a location is that place, a row of it, or inside that folder."""
    return location == place or location.startswith((f"{place}#", f"{place.rstrip('/')}/"))
