// The server's HTML is sanitised already; here it is rebuilt node by node from an allow-list,
// so that nothing else can reach the page whatever the server was made to send.
import { safeUrl } from "./url";

const ALLOWED: Record<string, readonly string[]> = {
  P: [], BR: [], HR: [], UL: [], OL: ["start"], LI: [], DL: [], DT: [], DD: [], STRONG: [], B: [], EM: [], I: [], DEL: [],
  CODE: [], PRE: [], BLOCKQUOTE: [], H2: [], H3: [], H4: [], H5: [], H6: [], SPAN: [], SUP: [], SUB: [], A: ["href", "data-cite"],
  TABLE: [], THEAD: [], TBODY: [], TR: [], TH: ["colspan", "rowspan", "scope"], TD: ["colspan", "rowspan"],
};
/** What these contain is code or markup, never something to read. */
const DROPPED = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "IFRAME", "OBJECT", "SVG", "MATH", "TITLE", "HEAD"]);

function link(from: Element, to: Element, base: string): void {
  if (to.hasAttribute("data-cite")) return to.setAttribute("href", `#cite-${to.getAttribute("data-cite")}`);
  const url = safeUrl(from.getAttribute("href"), base);
  if (!url) return to.removeAttribute("href");
  to.setAttribute("href", url);
  to.setAttribute("target", "_blank");
  to.setAttribute("rel", "noopener noreferrer");
}

function copy(node: Node, into: Node, base: string): void {
  if (node.nodeType === Node.TEXT_NODE) into.appendChild(document.createTextNode(node.nodeValue ?? ""));
  if (node.nodeType !== Node.ELEMENT_NODE) return;
  const from = node as Element;
  const name = from.tagName.toUpperCase();
  if (DROPPED.has(name)) return;
  const attributes = ALLOWED[name];
  const to = attributes ? into.appendChild(document.createElement(name)) : into;
  if (attributes) {
    for (const attribute of attributes) {
      const value = from.getAttribute(attribute);
      if (value !== null) (to as Element).setAttribute(attribute, value);
    }
    if (name === "A") link(from, to as Element, base);
  }
  from.childNodes.forEach((child) => copy(child, to, base));
}

interface Policies {
  createPolicy(name: string, rules: { createHTML: (html: string) => string }): { createHTML: (html: string) => string };
}

/** For pages that demand Trusted Types: what is parsed is only read from, node by node. Null: none, or the page's list
 *  (`trusted-types yorisoi`) does not name us. */
function createPolicy() {
  try {
    return (globalThis as { trustedTypes?: Policies }).trustedTypes?.createPolicy("yorisoi", { createHTML: (html) => html });
  } catch {
    return null;
  }
}
const policy = createPolicy();

const SIGNS: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };

/** The words line by line without their marks, where the page lets nobody parse. */
function wordsOf(html: string): Node {
  const body = document.createElement("body");
  for (const line of html.split(/<(?:br|\/(?:p|li|tr|h\d))\b[^>]*>/i)) {
    const words = line.replace(/<[^>]*>/g, "").replace(/&(#?\w+);/g, (all, name) => SIGNS[name] ?? all).trim();
    if (words) body.appendChild(document.createElement("p")).textContent = words;
  }
  return body;
}

function parse(html: string): Node {
  try {
    return new DOMParser().parseFromString(policy?.createHTML(html) ?? html, "text/html").body;
  } catch {
    return wordsOf(html);
  }
}

/** Allowed elements only, with links made absolute against `base`. Unknown elements leave their text behind. */
export function safeFragment(html: string, base: string): DocumentFragment {
  const fragment = document.createDocumentFragment();
  parse(html).childNodes.forEach((child) => copy(child, fragment, base));
  return fragment;
}
