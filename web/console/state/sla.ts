// How much time is left until the next deadline of a conversation, and what of waiting is worth a word.
import type { Row } from "../types";

export type SlaState = "in_time" | "at_risk" | "breached" | "rests";

/** Seconds until the deadline, or since it; null: there is none. */
export function deadlineOf(row: Pick<Row, "sla">, now: number): { state: SlaState; seconds: number } | null {
  const { sla } = row;
  if (!sla) return null;
  if (!sla.due_at) return { state: "rests", seconds: 0 };
  const left = (Date.parse(sla.due_at) - now) / 1000;
  if (left <= 0) return { state: "breached", seconds: Math.abs(left) };
  return { state: sla.warn_at && Date.parse(sla.warn_at) <= now ? "at_risk" : "in_time", seconds: left };
}

/** How long ago a deadline may have come near or passed to be worth a word. */
const NEWS_MS = 60_000;

/** Whether a customer waits who did not before; of a row that was not loaded its waiting time tells. */
export function beganToWait(before: Pick<Row, "state"> | undefined, row: Pick<Row, "state" | "waiting_since">, now: number): boolean {
  if (row.state !== "queued") return false;
  if (before) return before.state !== "queued";
  return row.waiting_since === null || now - Date.parse(row.waiting_since) <= NEWS_MS;
}

const told = new Map<string, string>();
/** Whether a deadline has come near or passed just now; true once for each. */
export function hasWorsened(row: Pick<Row, "id" | "sla">, now: number): boolean {
  const state = deadlineOf(row, now)?.state;
  if (state !== "at_risk" && state !== "breached") return false;
  const since = Date.parse((state === "breached" ? row.sla!.due_at : row.sla!.warn_at)!);
  const key = `${row.sla!.due_at} ${state}`;
  if (now - since > NEWS_MS || told.get(row.id) === key) return false;
  told.set(row.id, key);
  return true;
}
