import { expect, test } from "vitest";
import { plainText } from "../shared/plain";

const plain = (html: string) => plainText(html, "https://help.example.jp/");

test.each([
  ["<p><strong>返品</strong>は14日以内です。</p>\n<p>送料は無料です。</p>", "返品は14日以内です。\n\n送料は無料です。"],
  ["<p>手順:</p><ul>\n<li>箱に入れる</li>\n<li>送る</li>\n</ul>", "手順:\n\n・箱に入れる\n・送る"],
  ["<ol start=\"2\"><li><p>Pack it</p></li><li>Send it</li></ol>", "2. Pack it\n3. Send it"],
  ["<ul><li>Pay<ul><li>by card</li></ul></li></ul>", "- Pay\n  - by card"],
  ["<table><thead><tr><th>To</th><th>Fee</th></tr></thead><tbody><tr><td>Okinawa</td><td>¥1,320</td></tr></tbody></table>", "Okinawa – Fee: ¥1,320"],
  ["<p>See <a href=\"/help/a.md\">the table</a><sup><a href=\"#1\">1</a></sup>.</p>", "See the table https://help.example.jp/help/a.md."],
  ["<p>一行目<br>\n二行目</p>", "一行目\n二行目"],
  ["<h3>Title</h3><p>a</p><script>b</script>", "Title\n\na"],
])("%s reads %s", (html, expected) => {
  expect(plain(html)).toBe(expected);
});
