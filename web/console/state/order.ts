// Which list a conversation stands in, and in which order. Pure.
import type { Priority, Row } from "../types";
import { isMarked } from "./feelings";

export const TABS = ["queued", "mine", "team", "assistant", "closed"] as const;
export type Tab = (typeof TABS)[number];

const RANK: Record<Priority, number> = { urgent: 0, high: 1, normal: 2, low: 3 };
const LATEST_FIRST: readonly Tab[] = ["mine", "team", "assistant", "closed"];

export function tabOf(row: Row, me: string): Tab {
  if (row.state !== "agent") return row.state;
  return row.agent?.id === me ? "mine" : "team";
}

/** What is put aside stands in no list but its own. */
const isAside = (row: Row, tab: Tab): boolean => tab === "mine" && row.snoozed_until !== null;

/** As the server sorts, with distress before all: priority, then who has waited longest; those who wait for nothing come last. */
function byWaiting(a: Row, b: Row): number {
  const distress = Number(isMarked(b, "distress")) - Number(isMarked(a, "distress"));
  if (distress) return distress;
  const rank = RANK[a.priority] - RANK[b.priority];
  if (rank) return rank;
  if (a.waiting_since && b.waiting_since) return a.waiting_since < b.waiting_since ? -1 : 1;
  if (a.waiting_since || b.waiting_since) return a.waiting_since ? -1 : 1;
  return a.updated_at < b.updated_at ? 1 : -1;
}

const byLatest = (a: Row, b: Row): number => (a.updated_at < b.updated_at ? 1 : -1);

export function listOf(rows: Iterable<Row>, tab: Tab, me: string): Row[] {
  return [...rows].filter((row) => tabOf(row, me) === tab && !isAside(row, tab)).sort(LATEST_FIRST.includes(tab) ? byLatest : byWaiting);
}
