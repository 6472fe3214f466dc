// Improvements: what is made better for the customers of several cases.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { text } from "../text";
import { improvementText } from "../text/improvements";
import { insightText } from "../text/insight";
import { explain } from "./articles";
import type { Case } from "./insight";
import { get, post } from "./me";
import { say } from "./toast";

export type ImprovementRow = Schemas["ImprovementRowOut"];
export type Improvement = Schemas["ImprovementOut"];
export type Issue = Schemas["TrackedIssueOut"];
export type Change = Partial<Schemas["ImprovementIn"]>;

export const improvements = signal<ImprovementRow[] | null>(null);
export const exports = signal<string[]>([]);
export const themes = signal<{ id: string; name: string }[]>([]);
/** Cases that somebody has something to do for. */
export const cases = signal<Case[]>([]);
export const problem = signal("");

const API = "/insight/improvements";
const addressOf = (id: string): string => `${API}/${encodeURIComponent(id)}`;

/** Cases that are in no improvement, those of the theme first; otherwise by due time. Pure. */
export function groupable(all: Case[], theme: string | null): Case[] {
  const free = all.filter((one) => !one.improvement);
  return theme ? free.sort((one, other) => Number(other.theme === theme) - Number(one.theme === theme)) : free;
}

export async function loadImprovements(): Promise<void> {
  try {
    const [found, known, pending] = await Promise.all([
      get<Schemas["ImprovementsOut"]>(API),
      get<Schemas["ThemesOut"]>("/insight/themes?days=90"),
      get<Schemas["CasesOut"]>("/insight/cases"),
    ]);
    improvements.value = found.improvements;
    exports.value = found.exports;
    themes.value = known.themes;
    cases.value = pending.cases;
    problem.value = "";
  } catch (failure) {
    if (!(failure instanceof ApiError)) throw failure;
    problem.value = text().unreachable;
  }
}

export const loadImprovement = (id: string): Promise<Improvement | null> =>
  get<Improvement>(addressOf(id)).catch((failure: unknown) => {
    say(explain(failure), true);
    return null;
  });

/** What was done, or null; the list is loaded again whatever came of it. */
async function attempt<T>(work: () => Promise<T>, done: string): Promise<T | null> {
  try {
    const made = await work();
    say(done);
    return made;
  } catch (failure) {
    say(explain(failure), true);
    return null;
  } finally {
    await loadImprovements();
  }
}

const put = (chosen: string[], improvement: string): Promise<unknown> =>
  Promise.all(chosen.map((one) => post(`/insight/cases/${encodeURIComponent(one)}`, { improvement })));

export const plan = (change: Change, chosen: string[]): Promise<Improvement | null> =>
  attempt(async () => {
    const made = await post<Improvement>(API, change);
    await put(chosen, made.id);
    return made;
  }, insightText().saved);

export const change = (id: string, what: Change): Promise<Improvement | null> => attempt(() => post<Improvement>(addressOf(id), what), insightText().saved);
export const addCases = (id: string, chosen: string[]): Promise<unknown> => attempt(() => put(chosen, id), insightText().saved);
export const takeOut = (chosen: string): Promise<unknown> => attempt(() => put([chosen], ""), insightText().saved);
export const exportTo = (id: string, to: string): Promise<Improvement | null> =>
  attempt(() => post<Improvement>(`${addressOf(id)}/export`, { to }), improvementText().exported);
