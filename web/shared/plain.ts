// Formatted text as plain text: what an agent can read, change and send in any channel.
import { safeFragment } from "./html";

const BLOCKS = new Set(["P", "UL", "OL", "DL", "TABLE", "PRE", "BLOCKQUOTE", "H3", "H4", "H5", "H6"]);
const JAPANESE = /[぀-ヿ一-鿿]/;

const children = (node: Node, bullet: string): string => [...node.childNodes].map((child) => words(child, bullet)).join("");

function link(element: Element, bullet: string): string {
  const shown = children(element, bullet).trim();
  const address = element.getAttribute("href");
  return !address || address === shown ? shown : `${shown} ${address}`;
}

function items(list: Element, bullet: string): string {
  const first = Number(list.getAttribute("start") ?? 1);
  const mark = (at: number) => (list.tagName === "OL" ? `${first + at}. ` : bullet);
  return [...list.children].map((item, at) => mark(at) + children(item, bullet).trim().replace(/\n+/g, "\n  ")).join("\n");
}

/** Each row as a line that can be read without its table: "Okinawa – Under ¥5,500: ¥1,320 / Over: free". */
function rows(table: Element, bullet: string): string {
  const cells = (row: Element) => [...row.children].map((cell) => children(cell, bullet).trim());
  const [head, ...body] = [...table.querySelectorAll("tr")].map(cells);
  const named = (row: string[]) => row.slice(1).map((cell, at) => (head![at + 1] ? `${head![at + 1]}: ${cell}` : cell));
  return body.map((row) => [row[0], named(row).join(" / ")].filter(Boolean).join(" – ")).join("\n");
}

function block(element: Element, bullet: string): string {
  if (element.tagName === "UL" || element.tagName === "OL") return items(element, bullet);
  if (element.tagName === "TABLE") return rows(element, bullet);
  return children(element, bullet).trim();
}

function words(node: Node, bullet: string): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.nodeValue ?? "").replace(/\s*\n\s*/g, "");
  const element = node as Element;
  if (element.tagName === "BR") return "\n";
  if (element.tagName === "SUP") return "";
  if (element.tagName === "A") return link(element, bullet);
  if (BLOCKS.has(element.tagName)) return `\n\n${block(element, bullet)}\n\n`;
  return children(element, bullet);
}

/** Paragraphs stand apart, items and rows under each other; markers of sources are left out. */
export function plainText(html: string, base: string): string {
  const fragment = safeFragment(html, base);
  const bullet = JAPANESE.test(fragment.textContent ?? "") ? "・" : "- ";
  return children(fragment, bullet).replace(/\n{3,}/g, "\n\n").trim();
}
