"""Names of ingested folders for support staff, without the server's file paths."""

from collections.abc import Iterable
from pathlib import PurePath


class SourceLabels:
    """Short names of ingested folders and their files; web addresses stay as they are."""

    def __init__(self, sources: Iterable[str]) -> None:
        self._names = _compute_short_names({source for source in sources if _is_path(source)})

    def label_source(self, source: str) -> str:
        return self._names.get(source) or (PurePath(source).name if _is_path(source) else source)

    def label_location(self, location: str, source: str) -> str:
        """The location of a file of *source*, beginning with the folder's short name."""
        if not _is_path(location):
            return location
        path = PurePath(location)
        if not path.is_relative_to(source) or path == PurePath(source):
            return self.label_source(location)
        return f"{self.label_source(source)}/{path.relative_to(source).as_posix()}"


def _is_path(place: str) -> bool:
    return "://" not in place and PurePath(place).is_absolute()


def _compute_short_names(paths: set[str]) -> dict[str, str]:
    """The shortest suffixes that tell the paths apart."""
    ends: dict[str, str] = {}
    for path in paths:
        parts = PurePath(path).parts
        others = [PurePath(other).parts for other in paths - {path}]
        length = 1
        while length < len(parts) - 1 and any(other[-length:] == parts[-length:] for other in others):
            length += 1
        ends[path] = "/".join(parts[-length:])
    return ends
