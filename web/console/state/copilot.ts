// Beside the composer: what is related to the conversation, wording, translation. Nothing is sent from here.
import { effect, signal, untracked } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import type { Suggestion } from "../types";
import { draftsShown } from "./draftLog";
import { get, post, standing } from "./me";
import { detail, openId } from "./thread";
import { mode, words, write } from "./writing";

export type Related = Schemas["RelatedOut"];
export type Edited = Schemas["EditedTextOut"];
export type Finding = Schemas["WordingFindingOut"];
export type Manner = Schemas["RephraseIn"]["manner"];

const RELATED_AFTER_MS = 500;
const WORDING_AFTER_MS = 900;
const PATIENCE_MS = 60_000;
const KANA = /[ぁ-ん]/;

export const related = signal<Related | null>(null);
export const findings = signal<Finding[]>([]);
export const languages = signal<{ code: string; name: string }[]>([]);

async function loadRelated(id: string): Promise<void> {
  const found = await get<Related>(`/conversations/${id}/related`);
  if (openId.value !== id) return;
  related.value = found;
  draftsShown(id, "similar", found.cases.map((each) => each.reply));
  draftsShown(id, "saved_reply", found.replies.map((each) => each.text));
}

/** Looked for when a conversation is opened, and again when somebody has written. */
const seen = { id: "", last: "" };
effect(() => {
  const id = openId.value;
  const messages = detail.value?.messages;
  if (!id || !messages || standing.value !== "in") return;
  const last = messages.findLast((each) => !each.private)?.id ?? "";
  if (seen.id === id && seen.last === last) return;
  if (seen.id !== id) untracked(() => (related.value = null));
  Object.assign(seen, { id, last });
  const timer = setTimeout(() => void loadRelated(id).catch(() => undefined), RELATED_AFTER_MS);
  return () => clearTimeout(timer);
});

effect(() => {
  const text = words.value;
  if (findings.peek().length) findings.value = [];
  if (mode.value !== "reply" || !KANA.test(text) || standing.value !== "in") return;
  const timer = setTimeout(() => void checkWording(text).catch(() => undefined), WORDING_AFTER_MS);
  return () => clearTimeout(timer);
});

async function checkWording(text: string): Promise<void> {
  const found = await post<{ findings: Finding[] }>("/wording", { text: text.slice(0, 4000) });
  if (words.value === text) findings.value = found.findings;
}

/** Whether a finding says word for word what to write instead. Pure. */
export const isMendable = (finding: Finding): boolean => finding.instead !== "" && !finding.instead.includes("…") && !finding.instead.includes("／");

export function mend(finding: Finding): void {
  // Places are counted in characters there, in UTF-16 here.
  const letters = [...words.value];
  if (letters.slice(finding.start, finding.end).join("") !== finding.excerpt) return;
  write([...letters.slice(0, finding.start), finding.instead, ...letters.slice(finding.end)].join(""));
}

async function edited(work: Promise<Edited>): Promise<Edited> {
  try {
    return await work;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return { text: "", problem: "failed", differing: [] };
  }
}

export async function loadLanguages(): Promise<void> {
  if (!languages.value.length) languages.value = (await get<{ languages: { code: string; name: string }[] }>("/languages")).languages;
}

export const translateDraft = (id: string, text: string, to: string) =>
  edited(post<Edited>(`/conversations/${id}/translate`, { text, to }, PATIENCE_MS));
export const translateMessage = (id: string, message: string, to: string) =>
  edited(post<Edited>(`/conversations/${id}/translate`, { message, to }, PATIENCE_MS));
export const rephrase = (id: string, text: string, manner: Manner) =>
  edited(post<Edited>(`/conversations/${id}/rephrase`, { text, manner }, PATIENCE_MS));

export async function askHelp(id: string, question: string): Promise<Suggestion[] | null> {
  try {
    const { suggestions } = await post<{ suggestions: Suggestion[] }>(`/conversations/${id}/suggest`, { question }, PATIENCE_MS);
    return suggestions;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return null;
  }
}
