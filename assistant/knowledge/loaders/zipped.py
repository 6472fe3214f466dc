"""Limits for the ZIP archives of office files, checked before anything is decompressed."""

import io
import zipfile

from assistant.knowledge.loaders.document import Unreadable

MAX_UNPACKED_BYTES = 200_000_000
#: Office files compress to a tenth; only a zip bomb compresses to a thousandth.
MAX_COMPRESSION_RATIO = 300
MAX_PARTS = 5_000


def check_archive(data: bytes) -> None:
    """Refuse an archive that decompresses to more than a document may have, or that defines XML entities."""
    if not data:
        raise Unreadable("the file is empty; write something in it or delete it")
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), len(data))
            _check_entities(archive)
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
    ) as exc:
        raise Unreadable("it is damaged; open it and save it again") from exc


def _check_sizes(parts: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    if (
        len(parts) > MAX_PARTS
        or unpacked > MAX_UNPACKED_BYTES
        or unpacked > MAX_COMPRESSION_RATIO * max(packed, 10_000)
    ):
        raise Unreadable(
            f"it unpacks to {unpacked / 1e6:,.0f} MB in {len(parts):,} parts, which is too much; split it"
        )


def _check_entities(archive: zipfile.ZipFile) -> None:
    """Refuse document types: no office program writes them, and nested entities expand without bound."""
    for part in archive.infolist():
        if not part.filename.lower().endswith((".xml", ".rels")):
            continue
        with archive.open(part) as content:
            head = content.read(4096)
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head or "<!DOCTYPE".encode("utf-16-le") in head:
            raise Unreadable("it defines XML entities, which no office program does; refused")
