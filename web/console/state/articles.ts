// Articles as leads write them: one column of the editor, and the list of what is written here.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import { load, save as keep } from "../../shared/store";
import type { Schemas } from "../../shared/types";
import { articleText } from "../text/articles";
import { text } from "../text";
import { get, post, uploadFile } from "./me";
import { say } from "./toast";

export type Fields = Schemas["DraftFieldsOut"];
export type Revision = Schemas["RevisionOut"];
export type Opened = Schemas["EditableArticleOut"];
export type RevisionText = Schemas["RevisionTextOut"];
export type Diff = RevisionText["diff"];
export type Contradiction = Schemas["DraftContradictionOut"];
export type Check = Schemas["DraftCheckOut"];
export type Answer = Schemas["TrialAnswerOut"];

/** An article is embedded and compared with all others. */
const SLOW_MS = 120_000;

export const drafts = signal<Schemas["DraftRowOut"][]>([]);
/** Texts of an uploaded file, until each is opened. */
export const uploaded = signal<Fields[]>([]);

export const EMPTY: Omit<Fields, "language"> = { title: "", text: "", valid_from: null, valid_until: null, supersedes: [], tags: [] };
export const addressOf = (id: string): string => `#/article/${encodeURIComponent(id)}`;
export const query = (values: Record<string, string | number>): string =>
  String(new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])));

/** What went wrong, as a sentence; the server's own where it says what to do. */
export function explain(problem: unknown): string {
  if (!(problem instanceof ApiError)) throw problem;
  if (problem.status === 0) return text().unreachable;
  if (problem.status === 403) return articleText().forbidden;
  if (problem.code === "unavailable") return articleText().starting;
  return problem.status < 500 && problem.message ? problem.message : articleText().failed;
}

export async function listDrafts(): Promise<void> {
  try {
    drafts.value = (await get<Schemas["DraftsOut"]>("/knowledge/drafts")).drafts;
  } catch (problem) {
    say(explain(problem), true);
  }
}

export async function readFile(file: File): Promise<boolean> {
  try {
    uploaded.value = (await uploadFile<Schemas["UploadOut"]>(`/knowledge/upload?${query({ name: file.name })}`, file)).articles;
    return true;
  } catch (problem) {
    say(explain(problem), true);
    return false;
  }
}

interface Unsaved {
  base: number;
  fields: Fields;
}

const placeOf = (id: string): string => `yorisoi:article:${id}`;

/** What was typed and not saved, from before this page was closed. */
export const recall = (id: string): Unsaved | null => load<Unsaved>(placeOf(id));
export const remember = (id: string, unsaved: Unsaved | null): void => keep(placeOf(id), unsaved);

export const open = (id: string): Promise<Opened> => get<Opened>(`/knowledge/article?${query({ id })}`);
export const openRevision = (id: string, revision: number, against = 0): Promise<RevisionText> =>
  get<RevisionText>(`/knowledge/revision?${query({ id, revision, against })}`);
export const saveDraft = (body: { id: string | null; slug: string | null; base: number; fields: Fields }) =>
  post<Schemas["DraftReceiptOut"]>("/knowledge/drafts", body);
export const check = (id: string, revision: number) => post<Check>("/knowledge/drafts/check", { id, revision }, SLOW_MS);
export const ask = (id: string, revision: number, question: string) =>
  post<Schemas["TrialOut"]>("/knowledge/drafts/ask", { id, revision, question }, SLOW_MS);
export const publish = (id: string, revision: number, seen: string[]) =>
  post<Schemas["PublicationOut"]>("/knowledge/drafts/publish", { id, revision, seen }, SLOW_MS);
export const withdraw = (id: string) => post<Schemas["IdOut"]>("/knowledge/drafts/withdraw", { id });
export const preview = (words: string) => post<Schemas["PreviewOut"]>("/knowledge/preview", { text: words });
