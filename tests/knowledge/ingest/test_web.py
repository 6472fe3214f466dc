"""Fetching: what is refused before a packet leaves, and what the loopback server's answers become."""

import asyncio
import gzip
import socket
import time
from collections.abc import AsyncIterator

import pytest

from assistant.knowledge.ingest import web as web_module
from assistant.knowledge.ingest.addresses import is_public
from assistant.knowledge.ingest.files import ReadProblem
from assistant.knowledge.ingest.site_pages import list_pages
from assistant.knowledge.ingest.web import WebClient, WebPage
from assistant.knowledge.loaders import Unreadable
from assistant.knowledge.loaders.reader import InProcessReader
from tests.knowledge.site import LoopbackSite, SiteResponse

PAGE = "<html><title>Returns</title><body><article><h1>Returns</h1><p>30 days.</p></article></body></html>"


@pytest.fixture
async def web() -> AsyncIterator[WebClient]:
    async with WebClient(allow_private=True, seconds=1) as web:
        yield web


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Make every name resolve to these addresses; the list returned keeps the names asked."""
    asked: list[str] = []

    async def getaddrinfo(_loop: object, host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", True),
        ("2002:7f00:1::", False),
        ("2001:0:53aa:64c:0:0:80ff:fffe", False),
        ("fec0::1", False),
        ("::ffff:0:7f00:1", False),
        ("::ffff:0:5db8:d822", True),
        ("192.0.0.192", False),
        ("192.88.99.1", False),
        ("5f00::1", False),
        ("3fff::1", False),
        ("100::1", False),
        ("2001:db8::1", False),
        ("::ffff:192.0.0.192", False),
    ],
)
def test_only_addresses_of_the_open_internet_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("file:///etc/passwd", "only http and https addresses are read"),
        ("ftp://example.com/a", "only http and https addresses are read"),
        ("gopher://example.com", "only http and https addresses are read"),
        ("http://", "only http and https addresses are read"),
        ("http://user:secret@example.com/", "carries a user name or password; give it without"),
        ("http://example.com:22/", "port 22 is refused, a web page is on 80 or 443"),
        ("http://[::1/", "not a valid web address; check the spelling"),
        (
            "http://127.0.0.1/",
            "private network .127.0.0.1., which is refused; set ASSISTANT_INGEST_PRIVATE=1",
        ),
        ("http://2130706433/", "private network .127.0.0.1."),
        ("http://0x7f.1/", "private network .127.0.0.1."),
        ("http://[::1]/", "private network .::1."),
        ("http://[::ffff:169.254.169.254]/", "private network"),
        ("http://169.254.169.254/latest/meta-data", "private network"),
        ("http://localhost/", "private network"),
    ],
)
async def test_an_address_that_may_not_be_fetched_is_refused_before_a_packet_leaves(
    address: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", forbidden)
    async with WebClient() as web:
        with pytest.raises(Unreadable, match=why):
            await web.fetch_address(address)


def forbidden(*_: object) -> None:
    raise AssertionError("a packet left")


async def test_one_private_address_among_several_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    resolve_to(monkeypatch, "93.184.216.34", "10.0.0.5")
    async with WebClient() as web:
        with pytest.raises(Unreadable, match=r"help\.example\.com is in a private network .10.0.0.5."):
            await web.fetch_address("https://help.example.com/")


async def test_the_connection_goes_to_the_address_that_was_checked(
    site: LoopbackSite, web: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.answers["/a"] = SiteResponse(PAGE.encode())
    asked = resolve_to(monkeypatch, "127.0.0.1")
    await web.fetch_address(f"http://help.example.com:{site.port}/a")
    assert asked == ["help.example.com"]
    assert f"Host: help.example.com:{site.port}\r\n" in site.asked[0]


async def test_an_unknown_name_is_one_line(web: WebClient, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", unknown)
    with pytest.raises(Unreadable) as refusal:
        await web.fetch_address("https://help.exmaple.com/")
    assert str(refusal.value) == "there is no such address: help.exmaple.com is not known; check the spelling"


async def test_each_redirect_is_checked_anew(site: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site.answers["/"] = SiteResponse(
        status="302 Found", headers={"Location": "http://169.254.169.254/latest"}
    )
    monkeypatch.setattr(web_module, "PORTS", {80, 443, site.port})
    monkeypatch.setattr(
        "assistant.knowledge.ingest.addresses.is_public", lambda address: address == "127.0.0.1"
    )
    async with WebClient() as web:
        with pytest.raises(Unreadable, match=r"169\.254\.169\.254 is in a private network"):
            await web.fetch_address(site.address("/"))


async def test_a_redirect_is_followed_to_its_end(site: LoopbackSite, web: WebClient) -> None:
    site.answers["/old"] = SiteResponse(status="301 Moved", headers={"Location": "/new"})
    site.answers["/new"] = SiteResponse(PAGE.encode())
    response = await web.fetch_address(site.address("/old"))
    assert response is not None
    assert response.address == site.address("/new")


def redirect(to: str) -> SiteResponse:
    return SiteResponse(status="302 Found", headers={"Location": to})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (SiteResponse(status="404 Not Found"), "the server answers 404 Not Found; check the address"),
        (
            SiteResponse(status="403 Forbidden"),
            "the server answers 403 Forbidden; it needs a login, give a public page",
        ),
        (SiteResponse(status="503 Busy"), "the server answers 503 Service Unavailable; try again later"),
        (SiteResponse(status="799 Odd"), "the server answers 799; check the address"),
        (redirect("/"), "it redirects more than 5 times; give the final address"),
        (redirect("file:///etc/passwd"), "only http and https addresses are read"),
        (
            redirect("http://example.com:port/"),
            "the server does not answer as a web server should; check the address",
        ),
        (SiteResponse(status="304 Not Modified"), "the server answers 304 Not Modified; check the address"),
        (
            SiteResponse(b"x", headers={"Content-Type": "image/png"}),
            "a page of type image/png cannot be read; give Mark",
        ),
        (SiteResponse(b"x" * 10_000_001), "it has more than 10 MB; give a smaller page"),
        (
            SiteResponse(b"x", headers={"Content-Encoding": "zstd"}),
            "the server packs it in a way that is not read",
        ),
        (
            SiteResponse(gzip.compress(b"x" * 11_000_000), headers={"Content-Encoding": "gzip"}),
            "it has more than 10 MB",
        ),
        (SiteResponse(b"x" * 100, pause=0.05), "the server takes too long to answer; try again later"),
        (SiteResponse(b"x", headers={"Content-Length": "99"}), "the server does not answer as a web server"),
    ],
    ids=[
        "404",
        "403",
        "503",
        "odd",
        "endless",
        "to a file",
        "to nonsense",
        "304",
        "image",
        "huge",
        "zstd",
        "bomb",
        "slow",
        "cut off",
    ],
)
async def test_an_answer_that_is_no_page_is_one_line_with_the_mend(
    answer: SiteResponse, why: str, site: LoopbackSite, web: WebClient
) -> None:
    site.answers["/"] = answer
    started = time.monotonic()
    with pytest.raises(Unreadable) as refusal:
        await web.fetch_address(site.address("/"))
    assert str(refusal.value).startswith(why)
    assert time.monotonic() - started < 3


async def test_a_server_that_is_down_is_one_line(site: LoopbackSite, web: WebClient) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()[1]
    with pytest.raises(Unreadable, match=r"the server cannot be reached \(ConnectError\); try again later"):
        await web.fetch_address(f"http://127.0.0.1:{closed}/")


@pytest.mark.parametrize(
    ("path", "stated", "suffix"),
    [
        ("/a", "text/html; charset=utf-8", ".html"),
        ("/a", "application/pdf", ".pdf"),
        ("/guide.md", "text/plain", ".md"),
        ("/guide", "text/plain", ".txt"),
        ("/faq.csv", "application/octet-stream", ".csv"),
        ("/a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
        ("/a.htm", "", ".html"),
        ("/sitemap.xml", "application/xml", ".xml"),
    ],
)
async def test_the_stated_type_and_then_the_address_choose_the_loader(
    path: str, stated: str, suffix: str, site: LoopbackSite, web: WebClient
) -> None:
    site.answers[path] = SiteResponse(b"content", headers={"Content-Type": stated})
    response = await web.fetch_address(site.address(path))
    assert response is not None
    assert response.suffix == suffix


async def test_the_encoding_that_the_server_states_is_believed(site: LoopbackSite, web: WebClient) -> None:
    site.answers["/"] = SiteResponse(
        "送料".encode("euc_jp"), headers={"Content-Type": "text/plain; charset=EUC-JP"}
    )
    response = await web.fetch_address(site.address("/"))
    assert response is not None
    assert response.content.decode("utf-8-sig") == "送料"


async def test_a_page_is_fetched_only_when_it_changed(site: LoopbackSite, web: WebClient) -> None:
    site.answers["/"] = SiteResponse(PAGE.encode(), headers={"ETag": '"v1"'})
    page = WebPage(location=site.address("/"), source=site.address("/"), web=web)
    assert await page.read_content("") == PAGE.encode()
    assert page.version == 'etag:"v1"'
    assert await page.read_content(page.version) is None


async def listed(web: WebClient, address: str) -> list[WebPage | ReadProblem]:
    return [found async for found in list_pages(address, web, InProcessReader())]


def urlset(*addresses: str) -> bytes:
    entries = "".join(f"<url><loc>{address}</loc></url>" for address in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode()


async def test_an_index_of_sitemaps_gives_every_page_of_its_own_host_once(
    site: LoopbackSite, web: WebClient
) -> None:
    parts = "".join(f"<sitemap><loc>{site.address(path)}</loc></sitemap>" for path in ("/1.xml", "/2.xml.gz"))
    index = f"<sitemapindex>{parts}</sitemapindex>"
    xml = {"Content-Type": "application/xml"}
    site.answers["/sitemap.xml"] = SiteResponse(index.encode(), headers=xml)
    site.answers["/1.xml"] = SiteResponse(
        urlset(site.address("/a"), "https://elsewhere.example/b"), headers=xml
    )
    site.answers["/2.xml.gz"] = SiteResponse(
        gzip.compress(urlset(site.address("/a"), site.address("/c"))),
        headers={"Content-Type": "application/gzip"},
    )
    found = await listed(web, site.address("/sitemap.xml"))
    assert [(page.location, page.source) for page in found if isinstance(page, WebPage)] == [
        (site.address("/a"), site.address("/sitemap.xml")),
        (site.address("/c"), site.address("/sitemap.xml")),
    ]
    assert [one.why for one in found if isinstance(one, ReadProblem)] == [
        "1 pages on other hosts left out (https://elsewhere.example/b); give their own sitemap"
    ]


async def test_one_part_of_an_index_that_is_gone_stops_no_other(site: LoopbackSite, web: WebClient) -> None:
    parts = "".join(f"<sitemap><loc>{path}</loc></sitemap>" for path in ("/gone.xml", "/1.xml", "/empty.xml"))
    xml = {"Content-Type": "application/xml"}
    site.answers["/sitemap.xml"] = SiteResponse(f"<sitemapindex>{parts}</sitemapindex>".encode(), headers=xml)
    site.answers["/1.xml"] = SiteResponse(urlset("/a"), headers=xml)
    site.answers["/empty.xml"] = SiteResponse(urlset(), headers=xml)
    page, *troubles = await listed(web, site.address("/sitemap.xml"))
    assert isinstance(page, WebPage)
    assert page.location == site.address("/a")
    assert [(one.harmless, one.partly) for one in troubles if isinstance(one, ReadProblem)] == [
        (True, site.address("/sitemap.xml"))
    ] * 2


async def test_a_sitemap_of_other_hosts_only_is_said_to_be_one(site: LoopbackSite, web: WebClient) -> None:
    body = urlset("https://elsewhere.example/b")
    site.answers["/sitemap.xml"] = SiteResponse(body, headers={"Content-Type": "application/xml"})
    [trouble] = await listed(web, site.address("/sitemap.xml"))
    assert isinstance(trouble, ReadProblem)
    assert not trouble.harmless
    assert "all 1 pages that it lists are on other hosts" in trouble.why


@pytest.mark.parametrize(
    ("to", "why"),
    [("/account/login?next=/a", "leads to a login page"), ("/", "leads to the site's start page")],
)
async def test_a_redirect_that_hides_a_page_is_no_article(
    to: str, why: str, site: LoopbackSite, web: WebClient
) -> None:
    site.answers["/help/a"] = redirect(to)
    site.answers[to] = SiteResponse(PAGE.encode())
    with pytest.raises(Unreadable, match=why):
        await web.fetch_address(site.address("/help/a"))


async def test_a_page_that_asks_not_to_be_indexed_says_so(site: LoopbackSite, web: WebClient) -> None:
    site.answers["/a"] = SiteResponse(
        PAGE.encode(), headers={"Content-Type": "text/html", "X-Robots-Tag": "noindex"}
    )
    page = WebPage(location=site.address("/a"), source=site.address("/a"), web=web)
    await page.read_content("")
    assert page.withheld == "X-Robots-Tag: noindex"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "not a valid sitemap; check it in a browser"),
        (b"<rss><a/></rss>", "XML of the kind 'rss', not a sitemap"),
        (b"<urlset></urlset>", "the sitemap lists no pages"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><urlset><url><loc>&b;</loc></url></urlset>', "not a valid sitemap"),
        (b"\x1f\x8b broken", "not valid gzip"),
        (gzip.compress(b" " * 51_000_000), "unpacked it has more than 50 MB"),
    ],
    ids=["html", "rss", "empty", "entities", "broken gzip", "bomb"],
)
async def test_a_sitemap_that_is_none_is_one_line(
    body: bytes, why: str, site: LoopbackSite, web: WebClient
) -> None:
    site.answers["/sitemap.xml"] = SiteResponse(body, headers={"Content-Type": "application/xml"})
    [trouble] = await listed(web, site.address("/sitemap.xml"))
    assert isinstance(trouble, ReadProblem)
    assert why in trouble.why
