// What the page says about the chat: the attributes of its one script line and its own language.
import { signal, type Signal } from "@preact/signals";
import { safeUrl } from "../shared/url";
import { LANGUAGES, pickLanguage } from "../shared/language";

/** Their words come from the server (`Welcome.text`). */
const FURTHER = ["ko"];

export interface Customer {
  id: string;
  name?: string;
  signature?: string;
}

export interface Config {
  origin: string;
  customer: Customer | null;
  accent: string | null;
  side: "left" | "right";
  /** Whether the page has a button of its own: `yorisoi("open")`. */
  launcher: boolean;
  /** In the header, instead of the assistant's. */
  title: string | null;
  logo: string | null;
  /** The interface's language, told to the server too; follows the page when it switches. */
  language: Signal<string>;
  /** The server does not speak it: the next of the page's and the browser's. */
  refuse: (language: string) => void;
}

function customerOf({ customerId, customerName, signature }: DOMStringMap): Customer | null {
  if (!customerId) return null;
  return { id: customerId, ...(customerName && { name: customerName }), ...(signature && { signature }) };
}

export function readConfig(script: HTMLScriptElement): Config {
  // What the page says goes first; a page in neither language leaves it to the browser.
  const tags = () => [script.dataset.lang, document.documentElement.lang, ...navigator.languages];
  const further = new Set(FURTHER);
  const pick = () => pickLanguage([...LANGUAGES, ...further], ...tags());
  const language = signal(pick());
  const watch = new MutationObserver(() => (language.value = pick()));
  watch.observe(document.documentElement, { attributes: true, attributeFilter: ["lang"] });
  watch.observe(script, { attributes: true, attributeFilter: ["data-lang"] });
  return {
    // Not the host alone: the service may be behind a path of the site.
    origin: new URL(".", script.src).href.slice(0, -1),
    customer: customerOf(script.dataset),
    accent: script.dataset.accent || (globalThis as { YORISOI_ACCENT?: string }).YORISOI_ACCENT || null,
    side: script.dataset.position === "left" ? "left" : "right",
    launcher: script.dataset.launcher !== "none",
    title: script.dataset.name || null,
    logo: safeUrl(script.dataset.logo ?? null, script.src),
    language,
    refuse: (each) => further.delete(each) && (language.value = pick()),
  };
}
