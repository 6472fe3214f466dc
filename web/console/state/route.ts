// Which screen is in view, kept in the address so that a reload or a link comes back to it.
import { computed, signal } from "@preact/signals";

interface Route {
  page: "desk" | "numbers" | "insight" | "improvements" | "knowledge" | "article" | "settings" | "people" | "welcome";
  conversation: string | null;
  /** What else the address names: an article, an invitation. */
  rest?: string;
}

function read(): Route {
  const [, page, id] = location.hash.split("/");
  if (page === "numbers" || page === "insight" || page === "improvements" || page === "knowledge" || page === "settings" || page === "people") return { page, conversation: null };
  if ((page === "article" || page === "welcome") && id) return { page, conversation: null, rest: decodeURIComponent(id) };
  return { page: "desk", conversation: page === "c" && id ? decodeURIComponent(id) : null };
}

export const route = signal<Route>(read());
export const articlePath = computed(() => route.value.rest ?? "");
/** On narrow screens the context is a pane of its own; on wide ones it can be folded away. */
export const contextShown = signal(matchMedia("(min-width: 1180px)").matches);

addEventListener("hashchange", () => (route.value = read()));

export const addressOf = (id: string): string => `#/c/${encodeURIComponent(id)}`;

export function openConversation(id: string | null): void {
  location.hash = id ? addressOf(id) : "#/";
  if (!matchMedia("(min-width: 1180px)").matches) contextShown.value = false;
}
