"""Lists the files of a source: walks folders safely, checks sizes before reading."""

import os
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.knowledge.loaders import LOADERS, Unreadable

MAX_FILE_BYTES = 20_000_000
SKIPPED_FOLDERS = {"node_modules", "__pycache__"}
#: File types that look like documents to a person but must be converted first.
REMEDIES = {
    ".doc": "save it as .docx",
    ".ppt": "export it as PDF",
    ".pptx": "export it as PDF",
    ".rtf": "save it as .docx",
    ".odt": "save it as .docx",
    ".pages": "export it as PDF",
    ".numbers": "export it as .xlsx",
    ".docm": "save it as .docx",
    ".xlsm": "save it as .xlsx",
    ".xhtml": "save it as .html",
    ".epub": "export it as PDF",
    **dict.fromkeys((".rst", ".adoc", ".asciidoc", ".org", ".textile"), "save it as Markdown"),
}
KINDS = "Markdown, text, HTML, CSV, Excel (.xlsx), Word (.docx) or PDF"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A file to read."""

    path: Path
    #: The folder that ids are relative to.
    root: Path
    #: The source as named by the operator, resolved: a folder, or the file itself.
    source: str
    version: str = ""
    url: str | None = None
    #: Why the file must be withheld from customers, whatever its content says.
    withheld: str = ""

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def suffix(self) -> str:
        return self.path.suffix.lower()

    @property
    def folders(self) -> tuple[str, ...]:
        """Names of its parent folders, innermost last."""
        return (self.root.name, *self.path.relative_to(self.root).parts[:-1])

    def generate_ids(self) -> Iterator[str]:
        """Candidate ids: its path in the folder, then with more and more of the folder's own path
        before it.
        """
        id = _normalize_name(self.path.relative_to(self.root).as_posix())
        yield id
        for folder in (self.root, *self.root.parents):
            id = f"{_normalize_name(folder.name)}/{id}"
            yield id

    async def read_content(self, _version: str) -> bytes:
        """Its bytes; Unreadable when it is too large, not a regular file, or not permitted."""
        self.location.encode()  # UnicodeError: a name that is not valid text cannot be stored
        try:
            found = self.path.stat()
            if not stat.S_ISREG(found.st_mode):
                raise Unreadable("it is not a plain file")
            if found.st_size > MAX_FILE_BYTES:
                raise Unreadable(f"it has {found.st_size / 1e6:,.0f} MB, more than 20 MB; split it")
            return self.path.read_bytes()
        except OSError as exc:
            raise Unreadable(_explain_error(exc)) from exc


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProblem:
    """A place that cannot be read."""

    place: str
    why: str
    #: Only a remark: articles that were indexed before are not in doubt.
    harmless: bool = False
    #: A source that could be listed only in part: none of its articles counts as vanished.
    partly: str = ""


def list_files(named: str) -> Iterator[SourceFile | ReadProblem]:
    """The files of a path, in a stable order."""
    path = Path(named).expanduser()
    try:
        source = path.resolve(strict=True)
        mode = source.stat().st_mode
    except (OSError, RuntimeError) as exc:
        yield ReadProblem(place=named, why=_explain_error(exc))
        return
    if stat.S_ISDIR(mode):
        yield from _walk_folder(source)
    elif source.suffix.lower() in LOADERS:
        yield SourceFile(path=source, root=source.parent, source=str(source))
    else:
        remedy = REMEDIES.get(source.suffix.lower(), f"give {KINDS}")
        yield ReadProblem(place=named, why=f"this kind of file cannot be read; {remedy}")


def _walk_folder(root: Path) -> Iterator[SourceFile | ReadProblem]:
    problems: list[ReadProblem] = []

    def record_unreadable(exc: OSError) -> None:
        problems.append(ReadProblem(place=str(exc.filename), why=_explain_error(exc)))

    found = 0
    for folder, folders, names in os.walk(root, onerror=record_unreadable):
        folders[:] = sorted(name for name in folders if not _is_skipped(name) and name not in SKIPPED_FOLDERS)
        for name in sorted(names):
            if (item := _build_item(root, Path(folder) / name)) is not None:
                found += isinstance(item, SourceFile)
                yield item
    yield from problems
    if not found and not problems:
        yield ReadProblem(place=str(root), why=f"no documents in this folder; it needs {KINDS}")


def _build_item(root: Path, path: Path) -> SourceFile | ReadProblem | None:
    suffix = path.suffix.lower()
    if _is_skipped(path.name) or path.stem.lower() == "readme":
        return None
    if suffix in REMEDIES:
        return ReadProblem(place=str(path), why=f"not read: {REMEDIES[suffix]}", harmless=True)
    if suffix not in LOADERS:
        return None
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        return ReadProblem(place=str(path), why="not read: the link leaves the folder", harmless=True)
    return SourceFile(path=path, root=root, source=str(root))


def _is_skipped(name: str) -> bool:
    return name.startswith((".", "~$"))


def _normalize_name(name: str) -> str:
    """NFC: macOS decomposes file names, and an id must be the same everywhere."""
    return unicodedata.normalize("NFC", name)


def _explain_error(exc: OSError | RuntimeError) -> str:
    if isinstance(exc, FileNotFoundError):
        return "there is no such file or folder; check the path"
    if isinstance(exc, PermissionError):
        return "no permission to read it; give this user read access"
    if isinstance(exc, RuntimeError):
        return "the link leads back to itself"
    return f"it cannot be read ({exc.strerror or exc})"
