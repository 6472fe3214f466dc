import { expect, test } from "vitest";
import { safeFragment, safeUrl } from "../shared/html";

const BASE = "https://help.example.jp/";

function built(html: string): string {
  const box = document.createElement("div");
  box.append(safeFragment(html, BASE));
  return box.innerHTML;
}

test.each([
  ["<p>返品は<strong>14日</strong>以内</p>", "<p>返品は<strong>14日</strong>以内</p>"],
  ["<p>a</p><script>alert(1)</script><style>*{}</style>", "<p>a</p>"],
  ["<img src=x onerror=alert(1)>見える", "見える"],
  ["<p onclick=alert(1) style='x' class='y' id='z'>a</p>", "<p>a</p>"],
  ["<marquee>text <b>stays</b></marquee>", "text <b>stays</b>"],
  ["<iframe srcdoc='<script>1</script>'></iframe><object>x</object>", ""],
  ["<svg><a href='javascript:1'>x</a></svg><math>y</math>", ""],
  ["<table><tbody><tr><td colspan=2 bgcolor=red>1</td></tr></tbody></table>", '<table><tbody><tr><td colspan="2">1</td></tr></tbody></table>'],
])("%s becomes %s", (html, expected) => {
  expect(built(html)).toBe(expected);
});

test.each(["javascript:alert(1)", " java\tscript:alert(1)", "data:text/html,x", "vbscript:x", "http://[bad"])("a link to %s loses its address", (href) => {
  expect(built(`<a href="${href}">x</a>`)).toBe("<a>x</a>");
});

test("a link becomes absolute and opens in a new tab without handing over the page", () => {
  expect(built('<a href="/help/ja/returns">x</a>')).toBe(
    '<a href="https://help.example.jp/help/ja/returns" target="_blank" rel="noopener noreferrer">x</a>',
  );
});

test("a citation marker stays inside the page whatever address it carries", () => {
  expect(built('<sup><a href="https://evil.example" data-cite="1">1</a></sup>')).toContain('href="#cite-1"');
});

test("an address is only http or https", () => {
  expect(safeUrl("//evil.example/x", BASE)).toBe("https://evil.example/x");
  expect(safeUrl("", BASE)).toBeNull();
  expect(safeUrl("file:///etc/passwd", BASE)).toBeNull();
});
