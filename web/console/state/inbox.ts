// The lists of conversations, kept live.
import { computed, signal } from "@preact/signals";
import type { Counts, Listing, Row } from "../types";
import { get, me } from "./me";
import { TABS, type Tab, listOf, tabOf } from "./order";

const REFRESH_MS = 700;
const QUERY: Record<Tab, string> = {
  queued: "state=queued",
  mine: "state=agent&mine=true&snoozed=false",
  team: "state=agent",
  assistant: "state=assistant",
  closed: "state=closed",
};

export const tab = signal<Tab>("queued");
export const rows = signal<ReadonlyMap<string, Row>>(new Map());
export const next = signal<string | null>(null);
export const loaded = signal(false);
const totals = signal<Counts>({ queued: 0, mine: 0, snoozed: 0, mentions: 0, callbacks: 0, agent: 0, assistant: 0 });

const mine = () => me.value?.id ?? "";
export const list = computed(() => listOf(rows.value.values(), tab.value, mine()));
export const counts = computed<Record<Tab | "snoozed" | "mentions" | "callbacks", number | null>>(() => {
  const { queued, mine: own, snoozed, mentions, callbacks, agent, assistant } = totals.value;
  return { queued, mine: own, snoozed, mentions, callbacks, team: agent - own - snoozed, assistant, closed: null };
});

function merge(fresh: Row[], drop: (row: Row) => boolean = () => false): void {
  const kept = [...rows.value.values()].filter((row) => !drop(row));
  rows.value = new Map([...kept, ...fresh].map((row) => [row.id, row]));
}

async function fetchList(which: Tab, after: string | null): Promise<void> {
  const query = `/conversations?${QUERY[which]}${after ? `&after=${encodeURIComponent(after)}` : ""}`;
  const answer = await get<Listing>(query);
  totals.value = answer.counts;
  // A first page that is also the last is the whole list: what it lacks has moved elsewhere unseen.
  const whole = !after && !answer.next;
  merge(answer.conversations, (row) => whole && tabOf(row, mine()) === which);
  if (which === tab.value) next.value = answer.next;
  loaded.value = true;
}

/** With one's own, which are told of whatever is in view. */
export const refreshWatched = async (): Promise<void> => void (await Promise.all([fetchList("mine", null), refresh()]));
export const refresh = (): Promise<void> => fetchList(tab.value, null);
export const more = (): Promise<void> => fetchList(tab.value, next.value);

export async function choose(which: Tab): Promise<void> {
  tab.value = which;
  next.value = null;
  loaded.value = list.value.length > 0;
  await refresh();
}

export const chooseNext = (): Promise<void> => choose(TABS[(TABS.indexOf(tab.value) + 1) % TABS.length]!);

let timer = 0;
/** At most once in a while, and never put off: a busy inbox changes all the time. */
function refreshSoon(): void {
  timer ||= window.setTimeout(() => {
    timer = 0;
    void refresh().catch(() => undefined);
  }, REFRESH_MS);
}

/** The totals as if *row* were counted (+1) or not counted any more (-1) until the server says. */
function count(row: Row, by: 1 | -1): void {
  const to = { ...totals.value };
  if (row.state !== "closed") to[row.state] += by;
  if (tabOf(row, mine()) === "mine") to[row.snoozed_until ? "snoozed" : "mine"] += by;
  totals.value = to;
}

export function rowChanged(row: Row): void {
  const known = rows.value.get(row.id);
  if (known && known.epoch > row.epoch) return;
  if (known) {
    count(known, -1);
    count(row, 1);
  }
  merge([row]);
  refreshSoon();
}

/** Shown at once, before the server says so. */
export function patchRow(id: string, part: Partial<Row>): void {
  const row = rows.value.get(id);
  if (row) merge([{ ...row, ...part }]);
}

/** The conversation before or after this one in the list; the first one when none is open. */
export function neighbour(id: string | null, step: 1 | -1): Row | undefined {
  const at = list.value.findIndex((row) => row.id === id);
  return at < 0 ? list.value[0] : list.value[at + step];
}
