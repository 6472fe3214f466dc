"""A web site whose sitemaps become hostile after they were ingested; for `evals/faults/stalls.py`."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from evals.fakes.hostile_documents import BOMBS

PAGE = "<html><title>返品</title><body><h1>返品</h1><p>返品の期限は30日です。</p></body></html>".encode()
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
ENTRY = "<url><loc>http://127.0.0.1:{port}/page-{number}</loc></url>"
#: The sitemap whose pages become documents that are endless when they are opened.
DOCUMENTS = "documents.xml"


class _Site(BaseHTTPRequestHandler):
    hostile = False

    def do_GET(self) -> None:
        port, packed = self.connection.getsockname()[1], self.path.endswith(".xml.gz")
        name = self.path.lstrip("/")
        body, kind = PAGE, "text/html; charset=utf-8"
        if name == DOCUMENTS:
            addresses = (f"http://127.0.0.1:{port}/{name}" for name in (BOMBS if self.hostile else ["page"]))
            entries = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
            body, kind = SITEMAP.format(entries).encode(), "application/xml"
        elif name in BOMBS:
            body, kind = BOMBS[name](), "application/octet-stream"
        if packed:
            # 50,000 addresses and 60 MB of spaces compress to some 100 kB.
            numbers = range(50_000) if self.hostile else range(1)
            entries = "".join(ENTRY.format(port=port, number=number) for number in numbers)
            body = gzip.compress(SITEMAP.format(entries + " " * (60_000_000 * self.hostile)).encode())
        self.send_response(200)
        self.send_header("Content-Type", "application/gzip" if packed else kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Logging is not needed."""


def turn_hostile() -> None:
    _Site.hostile = True


@contextmanager
def serve_hostile_site() -> Iterator[str]:
    """The address of its sitemap."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/sitemap.xml.gz"
    finally:
        server.shutdown()
