import { afterEach, expect, test, vi } from "vitest";
import { safeFragment } from "../shared/html";
import { safeUrl } from "../shared/url";

afterEach(() => vi.unstubAllGlobals());

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

/** The module as it is in a page with these Trusted Types. */
async function onPage(createPolicy: () => never): Promise<typeof import("../shared/html")> {
  vi.resetModules();
  vi.stubGlobal("trustedTypes", { createPolicy });
  return import("../shared/html");
}

test("a page whose list of policies does not name ours: the widget starts, and answers are shown", async () => {
  const page = await onPage(() => {
    throw new TypeError("Policy disallowed");
  });
  expect(page.safeFragment("<p>返品は<b>14日</b></p>", BASE).textContent).toBe("返品は14日");
});

test("where nothing may be parsed, the words are there line by line and no element of theirs", async () => {
  const page = await onPage(() => {
    throw new TypeError("Policy disallowed");
  });
  vi.stubGlobal("DOMParser", class {
    parseFromString(): never {
      throw new TypeError("This document requires 'TrustedHTML' assignment.");
    }
  });
  const box = document.createElement("div");
  box.append(page.safeFragment("<p>a &lt;img onerror=x&gt; &amp;lt;</p><ul><li>一</li><li>二</li></ul>", BASE));
  expect([...box.children].map((each) => `${each.tagName} ${each.textContent}`)).toEqual(["P a <img onerror=x> &lt;", "P 一", "P 二"]);
});
