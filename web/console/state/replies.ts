// Saved replies: loaded, chosen by what is typed, written and imported in a dialog.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import { deskText } from "../text/desk";
import type { SavedReply } from "../types";
import { choiceOf } from "./macro";
import { get, post, remove } from "./me";
import { say } from "./toast";
import { setMacro, write } from "./writing";

const MOST_SHOWN = 8;

export const replies = signal<SavedReply[]>([]);
export const variables = signal<string[]>([]);
/** Teams that a reply may give a conversation to. */
export const teams = signal<{ id: string; name: string }[]>([]);

export async function loadTeams(): Promise<void> {
  teams.value = (await get<{ teams: { id: string; name: string }[] }>("/teams")).teams;
}


export async function loadReplies(): Promise<void> {
  const found = await get<{ replies: SavedReply[]; variables: string[] }>("/saved-replies");
  replies.value = found.replies;
  variables.value = found.variables;
}

/** What is typed after a "/" at the very start of a reply; null: no saved reply is being chosen. */
export function slashed(text: string): string | null {
  const found = /^[/／](\S{0,40})$/.exec(text);
  return found ? found[1]! : null;
}

/** Those whose name or text has the words, names first. Pure. */
export function matching(list: SavedReply[], typed: string): SavedReply[] {
  const wanted = typed.normalize("NFKC").toLowerCase();
  const has = (text: string) => text.normalize("NFKC").toLowerCase().includes(wanted);
  const named = list.filter((reply) => has(reply.name));
  return [...named, ...list.filter((reply) => !has(reply.name) && has(reply.text))].slice(0, MOST_SHOWN);
}

const problemOf = (problem: unknown): string => {
  if (!(problem instanceof ApiError)) throw problem;
  if (problem.status === 403) return deskText().adminOnly;
  const { variable, line, team } = problem.body as { variable?: string; line?: number; team?: string };
  if (team !== undefined) return deskText().teamGone;
  const said = variable !== undefined ? deskText().unknownVariable(variable) : problem.status === 422 ? deskText().badReply : deskText().failed;
  return line === undefined ? said : deskText().inRow(line, said);
};

export async function use(reply: SavedReply, conversation: string): Promise<void> {
  try {
    const { text } = await post<{ text: string }>(`/saved-replies/${reply.id}/use`, { conversation });
    write(text);
    setMacro(choiceOf(reply) ? { id: reply.id, choice: choiceOf(reply) } : null);
    reply.used += 1;
  } catch (problem) {
    say(problemOf(problem), true);
  }
}

/** What came of it; a problem is shown where it was made. */
async function changed(work: Promise<unknown>, done: (answer: unknown) => string): Promise<string | null> {
  try {
    say(done(await work));
    await loadReplies();
    return null;
  } catch (problem) {
    return problemOf(problem);
  }
}

export type ReplyDraft = Pick<SavedReply, "name" | "text" | "shared" | "tags" | "snooze_minutes" | "team" | "outcome">;

export const saveReply = (id: string | null, draft: ReplyDraft) =>
  changed(post(`/saved-replies${id ? `/${id}` : ""}`, draft), () => deskText().replySaved);
export const removeReply = (id: string) => changed(remove(`/saved-replies/${id}`), () => deskText().replyRemoved);
export const importReplies = (csv: string, shared: boolean) =>
  changed(post("/saved-replies/import", { csv, shared }), (answer) => {
    const { added, changed: other } = answer as { added: number; changed: number };
    return deskText().imported(added, other);
  });
