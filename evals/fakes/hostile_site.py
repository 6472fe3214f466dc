"""A web site whose sitemap becomes hostile after it was ingested; for `evals/faults/stalls.py`."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = "<html><title>返品</title><body><h1>返品</h1><p>返品の期限は30日です。</p></body></html>".encode()
SITEMAP = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
ENTRY = "<url><loc>http://127.0.0.1:{port}/page-{number}</loc></url>"


class _Site(BaseHTTPRequestHandler):
    hostile = False

    def do_GET(self) -> None:
        port, packed = self.connection.getsockname()[1], self.path.endswith(".xml.gz")
        body = PAGE
        if packed:
            # 50,000 addresses and 60 MB of spaces compress to some 100 kB.
            numbers = range(50_000) if self.hostile else range(1)
            entries = "".join(ENTRY.format(port=port, number=number) for number in numbers)
            body = gzip.compress(SITEMAP.format(entries + " " * (60_000_000 * self.hostile)).encode())
        self.send_response(200)
        self.send_header("Content-Type", "application/gzip" if packed else "text/html; charset=utf-8")
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
