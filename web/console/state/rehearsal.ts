// Simulated customers try changed settings before they are saved: asking for it, and what came of it.
import { computed, signal } from "@preact/signals";
import type { Schemas } from "../../shared/types";
import { explain } from "./articles";
import { get, post } from "./me";
import { pending } from "./settings";

export type Rehearsal = Schemas["RehearsalOut"];
export type RehearsalResult = Schemas["RehearsalResultOut"];
export type Rehearsed = Schemas["RehearsedConversationOut"];
export type RehearsedRate = Schemas["RehearsedRateOut"];

const LOOK_MS = 2000;

export const rehearsal = signal<Rehearsal | null>(null);
export const rehearsalProblem = signal("");
let timer: ReturnType<typeof setTimeout> | undefined;

export const isOpen = (one: Rehearsal | null): boolean => one?.state === "wanted" || one?.state === "running";

/** Settings that no customer meets. */
const UNNOTICED = new Set(["policy.digest"]);

/** What simulated customers can notice of what is typed and not saved. */
export const rehearsable = computed(() => Object.fromEntries(Object.entries(pending.value).filter(([key]) => key.startsWith("policy.") && !UNNOTICED.has(key))));

/** JSON with its keys in order, so that equal values are equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const rows = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${rows.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(",")}}`;
}

/** Whether a rehearsal tried exactly what would be saved now. */
export const triedThese = (one: Rehearsal | null, changes: Record<string, unknown>): boolean => one !== null && canonical(one.changes) === canonical(changes);

export type Readiness = "none" | "untried" | "running" | "failed" | "passed";

/** What the last rehearsal says of the changes that would be saved. */
export function readinessOf(one: Rehearsal | null, changes: Record<string, unknown>): Readiness {
  if (!Object.keys(changes).length) return "none";
  if (one === null || !triedThese(one, changes)) return "untried";
  if (isOpen(one)) return "running";
  if (!one.result) return "untried";
  return one.result.passed ? "passed" : "failed";
}

export async function loadRehearsal(): Promise<void> {
  clearTimeout(timer);
  try {
    rehearsal.value = (await get<Schemas["LastRehearsalOut"]>("/settings/rehearsals/last")).rehearsal;
    rehearsalProblem.value = "";
  } catch (failure) {
    rehearsalProblem.value = explain(failure);
  }
  if (isOpen(rehearsal.value)) timer = setTimeout(() => void loadRehearsal(), LOOK_MS);
}

export const stopLooking = (): void => clearTimeout(timer);

export async function startRehearsal(): Promise<void> {
  try {
    rehearsal.value = await post<Rehearsal>("/settings/rehearsals", { changes: rehearsable.value });
    rehearsalProblem.value = "";
    timer = setTimeout(() => void loadRehearsal(), LOOK_MS);
  } catch (failure) {
    await loadRehearsal();
    rehearsalProblem.value = explain(failure);
  }
}
