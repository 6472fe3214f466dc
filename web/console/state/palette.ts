// What the command palette offers: actions on the conversation in view, pages, views, and conversations found.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Listing, Row } from "../types";
import { get } from "./me";

export interface Entry {
  id: string;
  /** Under which heading. */
  group: "actions" | "pages" | "views" | "conversations";
  name: string;
  hint?: string;
  run: () => void;
}

const MOST_OF_A_GROUP = 8;
const TYPING_MS = 200;

const plain = (text: string): string => text.normalize("NFKC").toLowerCase();

/** Entries that have every typed word, in their order; those that begin with the first word come first. Pure. */
export function fitting(entries: Entry[], typed: string): Entry[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const fits = entries.filter((entry) => words.every((word) => plain(`${entry.name} ${entry.hint ?? ""}`).includes(word)));
  const begins = (entry: Entry): number => Number(!plain(entry.name).startsWith(words[0] ?? ""));
  return fits.sort((one, other) => begins(one) - begins(other));
}

/** Grouped as they are shown, a few of each. Pure. */
export function grouped(entries: Entry[]): Entry[] {
  const order: Entry["group"][] = ["actions", "conversations", "views", "pages"];
  return order.flatMap((group) => entries.filter((entry) => entry.group === group).slice(0, MOST_OF_A_GROUP));
}

/** Conversations in which what is typed stands. */
export const hits = signal<Row[]>([]);

let run = 0;
let timer = 0;
export function lookFor(typed: string): void {
  const mine = ++run;
  clearTimeout(timer);
  if (!typed.trim()) hits.value = [];
  else timer = window.setTimeout(() => void load(typed.trim(), mine), TYPING_MS);
}

async function load(typed: string, mine: number): Promise<void> {
  try {
    const page = await get<Listing>(`/conversations?${new URLSearchParams({ q: typed })}`);
    if (mine === run) hits.value = page.conversations.slice(0, MOST_OF_A_GROUP);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (mine === run) hits.value = [];
  }
}
