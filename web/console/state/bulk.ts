// Conversations chosen in the list, and one action on all of them: tried first, done, undone for a minute.
import { computed, signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { bulkText } from "../text/bulk";
import { refresh } from "./inbox";
import { post } from "./me";
import { loadTags } from "./search";
import { say } from "./toast";

export type Action = { action: "tag"; tags: string[] } | { action: "snooze"; until: string } | { action: "assign"; agent: string } | { action: "resolve"; outcome: string };
type Result = Schemas["BulkResultOut"];
type Answer = Schemas["BulkOut"];

export const MAX_CHOSEN = 200;

export const chosen = signal<ReadonlySet<string>>(new Set());
export const asked = signal<Action["action"] | null>(null);
/** What would happen, before the agent says yes. */
export const rehearsal = signal<{ action: Action; results: Result[] } | null>(null);
/** The last batch, as long as it can be undone. */
export const undoable = signal<{ batch: string; changed: number } | null>(null);
export const busy = signal(false);

export const isFull = computed(() => chosen.value.size >= MAX_CHOSEN);

export function toggle(id: string): void {
  const next = new Set(chosen.value);
  if (!next.delete(id) && next.size < MAX_CHOSEN) next.add(id);
  chosen.value = next;
}

export function chooseAll(ids: string[]): void {
  chosen.value = new Set(ids.slice(0, MAX_CHOSEN));
}

export function clear(): void {
  chosen.value = new Set();
  asked.value = null;
  rehearsal.value = null;
}

export interface Tally {
  changed: number;
  unchanged: number;
  /** Why, and how often, most often first. */
  refused: [string, number][];
}

/** Pure. */
export function tally(results: Pick<Result, "result" | "code">[]): Tally {
  const refused = new Map<string, number>();
  for (const { code } of results) if (code) refused.set(code, (refused.get(code) ?? 0) + 1);
  const count = (which: Result["result"]) => results.filter((each) => each.result === which).length;
  return { changed: count("changed"), unchanged: count("unchanged"), refused: [...refused].sort((one, other) => other[1] - one[1]) };
}

async function call(path: string, body: unknown): Promise<Answer | null> {
  busy.value = true;
  try {
    return await post<Answer>(`/bulk${path}`, body);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    say(problem.status === 409 ? bulkText().tooLate : problem.status === 422 ? bulkText().unusable : bulkText().failed, true);
    return null;
  } finally {
    busy.value = false;
  }
}

const bodyOf = (action: Action) => ({ conversations: [...chosen.value], ...action });

export async function rehearse(action: Action): Promise<void> {
  const answer = await call("/preview", bodyOf(action));
  if (answer) rehearsal.value = { action, results: answer.results };
}

export async function perform(): Promise<void> {
  if (!rehearsal.value) return;
  const answer = await call("", bodyOf(rehearsal.value.action));
  if (!answer) return;
  const { changed } = tally(answer.results);
  clear();
  say(bulkText().done(changed));
  if (answer.batch && answer.undo_until && changed) offerUndo(answer.batch, changed, Date.parse(answer.undo_until) - Date.now());
  void Promise.all([refresh(), loadTags()]).catch(() => undefined);
}

function offerUndo(batch: string, changed: number, ms: number): void {
  undoable.value = { batch, changed };
  setTimeout(() => {
    if (undoable.value?.batch === batch) undoable.value = null;
  }, ms);
}

export async function undo(): Promise<void> {
  const last = undoable.value;
  if (!last) return;
  undoable.value = null;
  const answer = await call(`/${last.batch}/undo`, {});
  if (!answer) return;
  const { changed, refused } = tally(answer.results);
  say(bulkText().undone(changed, answer.results.length - changed), refused.length > 0);
  void refresh().catch(() => undefined);
}
