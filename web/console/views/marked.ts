// The words of a search in a text, without any HTML. Pure.

/** The text in parts: every second one is a word of the query. */
export function marked(text: string, query: string): string[] {
  const words = query.normalize("NFKC").split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return words.length ? text.split(new RegExp(`(${words.join("|")})`, "i")) : [text];
}
