"""The child process that parses untrusted documents, with limits on time, memory and files.

Started by reader.py as ``python -m assistant.knowledge.loaders.child``. Per document it reads one line of
JSON and the bytes, and writes JSON. An unexpected error ends it; reader.py reports that.
"""

import json
import os
import sys
from dataclasses import asdict
from typing import BinaryIO

from assistant.knowledge.ingest import sitemap
from assistant.knowledge.loaders import LOADERS
from assistant.knowledge.loaders.document import Unreadable

#: Not the suffix of a document: requests the addresses of a sitemap.
SITEMAP = "sitemap"
MEMORY_BYTES = 1_500_000_000
CPU_SECONDS = 30


def main() -> None:
    """Parse documents until the parent closes the pipe."""
    source, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Output of a library must not mix with the answers.
    os.dup2(2, 1)
    _limit_memory()
    _send_message(answers, {"ready": True})
    while header := source.readline():
        request = json.loads(header)
        data = source.read(request["size"])
        _limit_time()
        _send_message(answers, handle_request(request["suffix"], data))


def handle_request(suffix: str, data: bytes) -> dict[str, object]:
    """The documents in *data*, the addresses of a sitemap, or the reason why there are none."""
    try:
        if suffix == SITEMAP:
            return asdict(sitemap.parse_sitemap(data))
        return {"documents": [asdict(document) for document in LOADERS[suffix](data)]}
    except Unreadable as exc:
        return {"error": str(exc)}
    except RecursionError:
        return {"error": "it is nested too deeply to be a document"}
    except MemoryError:
        return {"error": "reading it takes too much memory; split it or save it in a simpler format"}


def _send_message(answers: BinaryIO, message: dict[str, object]) -> None:
    body = json.dumps(message, ensure_ascii=False, default=str).encode("utf-8", "replace")
    answers.write(len(body).to_bytes(8, "big") + body)
    answers.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows: only the parent's timeout applies.
        return
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            resource.setrlimit(limit, (value, value))
        except (ValueError, OSError):  # macOS defines RLIMIT_AS but refuses to set it.
            continue


def _limit_time() -> None:
    """Set the CPU time limit to thirty seconds from now, for the next document."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + CPU_SECONDS, hard))


if __name__ == "__main__":
    main()
