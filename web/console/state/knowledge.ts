// The knowledge base as the API tells it, and what a support lead does with it.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { knowledgeText } from "../text/knowledge";
import { text } from "../text";
import { get, post } from "./me";
import { say } from "./toast";

export type Trouble = Schemas["SourceProblemOut"];
export type Source = Schemas["SourceOut"];
export type Side = Schemas["ContradictionSideOut"];
export type Contradiction = Schemas["ContradictionOut"];
export type Dismissed = Schemas["DismissalOut"];
type Overview = Schemas["KnowledgeOverviewOut"];
export type Article = Schemas["ArticleOut"];
type Page = Schemas["ArticlePageOut"];

export const overview = signal<Overview | null>(null);
export const unreachable = signal(false);
export const page = signal<Page | null>(null);
export const wanted = signal({ state: "", q: "" });

async function shown<T>(work: Promise<T>): Promise<T | null> {
  try {
    const answer = await work;
    unreachable.value = false;
    return answer;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    unreachable.value = true;
    return null;
  }
}

export async function look(): Promise<void> {
  const answer = await shown(get<Overview>("/knowledge"));
  if (answer) overview.value = answer;
}

/** The first page of what is wanted, or the one after what is shown. */
export async function list(after = 0): Promise<void> {
  const asked = wanted.value;
  const query = new URLSearchParams({ ...asked, after: String(after) });
  const answer = await shown(get<Page>(`/knowledge/articles?${query}`));
  // Something else was asked for meanwhile.
  if (!answer || wanted.value !== asked) return;
  const before = after ? (page.value?.articles ?? []) : [];
  page.value = { ...answer, articles: [...before, ...answer.articles] };
}

export function want(change: Partial<{ state: string; q: string }>): void {
  wanted.value = { ...wanted.value, ...change };
  void list();
}

async function change(path: string, body: unknown, done: string): Promise<boolean> {
  try {
    await post(`/knowledge${path}`, body);
    say(done);
    await look();
    return true;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const words = knowledgeText();
    say(problem.status === 0 ? text().unreachable : problem.status === 403 ? words.forbidden : words.failed, true);
    return false;
  }
}

export const dismiss = (id: string, reason: string) => change(`/contradictions/${id}/dismiss`, { reason }, knowledgeText().dismissDone);
export const restore = (id: string) => change(`/contradictions/${id}/restore`, {}, knowledgeText().restored);
export const readAgain = (source: string) => change("/sources/read", { source }, knowledgeText().asked);

/** Words that mean the same, by group; null: not loaded. */
export const synonyms = signal<string[][] | null>(null);

export async function loadSynonyms(): Promise<void> {
  const answer = await shown(get<{ groups: string[][] }>("/knowledge/synonyms"));
  if (answer) synonyms.value = answer.groups;
}

export async function saveSynonyms(groups: string[][]): Promise<boolean> {
  const saved = await change("/synonyms", { groups }, knowledgeText().synonymsDone);
  if (saved) await loadSynonyms();
  return saved;
}

/** A group a line, its words after commas. */
export function parseGroups(written: string): string[][] {
  const lines = written.split("\n").map((line) => line.split(/[,、，､]/).map((word) => word.trim()));
  return lines.map((line) => line.filter(Boolean)).filter((line) => line.length > 0);
}
