// Searching and filtering the whole inbox, and views: filters under a name. The server's order is kept.
import { computed, effect, signal, untracked } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Agent, Filters, Listing, Row, Tag, View } from "../types";
import { deskText } from "../text/desk";
import { get, me, post, remove, standing } from "./me";
import { say } from "./toast";

const TYPING_MS = 250;
const REFRESH_MS = 1_500;
/** Views that every agent has; they need no row in the database. */
export const OWN_VIEWS = {
  snoozed: { mine: "true", snoozed: "true" },
  mentions: { mentioned: "true" },
  following: { following: "true" },
  calls: { callback: "true" },
} satisfies Record<string, Filters>;
export type OwnView = keyof typeof OWN_VIEWS;

export const query = signal("");
export const filters = signal<Filters>({});
export const results = signal<Row[] | null>(null);
export const nextResults = signal<string | null>(null);
export const views = signal<View[]>([]);
export const tags = signal<Tag[]>([]);
export const agents = signal<Agent[]>([]);

export const searching = computed(() => query.value.trim() !== "" || Object.keys(filters.value).length > 0);

const same = (one: Filters, other: Filters): boolean => JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
export const chosenOwnView = computed(() => (Object.keys(OWN_VIEWS) as OwnView[]).find((name) => same(OWN_VIEWS[name], filters.value)) ?? null);
/** The view whose filters are set just now. */
export const chosenView = computed(() => views.value.find((view) => same(view.filters, filters.value)) ?? null);

let run = 0;
async function load(after: string | null): Promise<void> {
  const mine = ++run;
  const asked = new URLSearchParams({ ...filters.value, ...(query.value.trim() && { q: query.value.trim() }), ...(after && { after }) });
  try {
    const page = await get<Listing>(`/conversations?${asked}`);
    if (mine !== run) return;
    const known = new Set(after ? (results.value ?? []).map((row) => row.id) : []);
    results.value = [...(after ? (results.value ?? []) : []), ...page.conversations.filter((row) => !known.has(row.id))];
    nextResults.value = page.next;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    if (mine !== run) return;
    if (problem.status === 422) results.value = [];
    else say(deskText().failed, true);
  }
}

export const moreResults = (): Promise<void> => load(nextResults.value);

let timer = 0;
effect(() => {
  const active = searching.value;
  // Both are read so that each change starts a search.
  void [query.value, filters.value];
  clearTimeout(timer);
  if (!active) {
    run++;
    results.value = null;
    nextResults.value = null;
  } else timer = window.setTimeout(() => void load(null), untracked(() => results.value) ? TYPING_MS : 0);
});

export function stopSearching(): void {
  query.value = "";
  filters.value = {};
}

export function setFilter(name: keyof Filters, value: string): void {
  const { [name]: _, ...rest } = filters.value;
  filters.value = value ? { ...rest, [name]: value } : rest;
}

/** A row that changed stays where it was found; the list is asked for again soon, but not for every change. */
let refresh = 0;
export function resultChanged(row: Row): void {
  if (!results.value) return;
  results.value = results.value.map((each) => (each.id === row.id ? { ...row, ...(each.found && { found: each.found }) } : each));
  refresh ||= window.setTimeout(() => {
    refresh = 0;
    if (searching.value && !query.value.trim() && results.value && results.value.length <= 50) void load(null);
    void loadViews().catch(() => undefined);
  }, REFRESH_MS);
}

async function loadViews(): Promise<void> {
  const found = await get<{ views: View[]; agents: Agent[] }>("/views");
  views.value = found.views;
  agents.value = found.agents;
}

export async function loadTags(): Promise<void> {
  tags.value = (await get<{ tags: Tag[] }>("/tags")).tags;
}

async function told(work: Promise<unknown>, done: string): Promise<boolean> {
  try {
    await work;
    say(done);
    return true;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    say(problem.status === 403 ? deskText().adminOnly : deskText().failed, true);
    return false;
  } finally {
    void loadViews().catch(() => undefined);
  }
}

export const saveView = (name: string, shared: boolean) => told(post("/views", { name, shared, filters: filters.value }), deskText().viewSaved);

export async function removeView(view: View): Promise<void> {
  if (await told(remove(`/views/${view.id}`), deskText().viewRemoved)) stopSearching();
}

effect(() => {
  if (standing.value === "in" && me.value) untracked(() => void Promise.all([loadViews(), loadTags()]).catch(() => undefined));
});
