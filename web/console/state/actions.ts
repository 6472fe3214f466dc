// What an agent does with a conversation. Each tells what came of it.
import { ApiError } from "../../shared/http";
import { uuid } from "../../shared/uuid";
import { text } from "../text";
import { deskText } from "../text/desk";
import { feelingText } from "../text/feelings";
import type { Agent, AgentMessage, Outcome, Row, Suggestion } from "../types";
import { neighbour } from "./inbox";
import { downloadFile, me, post, uploadFile } from "./me";
import { loadTags } from "./search";
import { openConversation } from "./route";
import { limitsOf, megabytes, namesOf, problemOf } from "./fileLimits";
import { conversationChanged, detail, messageCame, openId, reload } from "./thread";
import { say } from "./toast";
import * as writing from "./writing";


const failed = (problem: unknown): string => {
  if (!(problem instanceof ApiError)) throw problem;
  const agent = problem.body.agent as Agent | undefined;
  if (problem.code === "already_claimed" && agent) return text().actions.taken(agent.name);
  if (problem.status === 0) return text().unreachable;
  if (problem.code === "conflict") return deskText().notReopened;
  return problem.code === "not_owner" ? text().notOwner : text().actions.failed;
};

export async function act(id: string, action: string, body: unknown, done: string): Promise<boolean> {
  try {
    const { conversation } = await post<{ conversation: Row }>(`/conversations/${id}/${action}`, body);
    conversationChanged(conversation);
    say(done);
    return true;
  } catch (problem) {
    say(failed(problem), true);
    void reload().catch(() => undefined);
    return false;
  }
}

export const owns = (row: Row): boolean => row.state === "agent" && row.agent?.id === me.value?.id;
/** People in a foreign desk have it; anybody here may take it back. */
export const abroad = (row: Row): boolean => row.state === "agent" && (row.agent?.id.startsWith("desk:") ?? false);
export const claimable = (row: Row): boolean => row.state === "queued" || row.state === "assistant" || abroad(row);

export const claim = (id: string) => act(id, "claim", {}, text().actions.claimed);
export const release = (id: string) => act(id, "release", {}, text().actions.released);
export const giveBack = (id: string) => act(id, "return", {}, text().actions.returned);
export const transfer = (id: string, agent: Agent) => act(id, "transfer", { agent: agent.id }, text().actions.transferred(agent.name));

export const snooze = (id: string, until: Date) => act(id, "snooze", { until: until.toISOString() }, deskText().snoozed);
export const wake = (id: string) => act(id, "wake", {}, deskText().woke);
/** A lead's: whoever has it now. */
export const reassign = (id: string, agent: Agent) => act(id, "reassign", { agent: agent.id }, deskText().reassigned);
export const reopen = (id: string) => act(id, "reopen", {}, deskText().reopened);

export async function setTags(id: string, names: string[]): Promise<void> {
  try {
    const { conversation } = await post<{ conversation: Row }>(`/conversations/${id}/tags`, { tags: names });
    conversationChanged(conversation);
    void loadTags().catch(() => undefined);
  } catch (problem) {
    say(failed(problem), true);
  }
}

/** To a lead, with a private note that says why. */
export async function handUp(id: string, lead: Agent, note: string): Promise<void> {
  try {
    await post(`/conversations/${id}/messages`, { id: uuid(), text: note, private: true });
  } catch (problem) {
    return say(failed(problem), true);
  }
  await transfer(id, lead);
}

/** The lead's words, which the server renders. */
export async function warn(id: string): Promise<void> {
  try {
    const { message } = await post<{ message: AgentMessage }>(`/conversations/${id}/warning`, { id: uuid() });
    messageCame(id, message);
    await reload();
  } catch (problem) {
    say(failed(problem), true);
  }
}

/** What harassed, as one file for whoever looks into it. */
export async function saveEvidence(id: string): Promise<void> {
  try {
    await downloadFile(`/conversations/${id}/evidence`);
    say(feelingText().evidenceSaved);
  } catch (problem) {
    say(failed(problem), true);
  }
}

export const resolve = (id: string, outcome: Outcome, note: string) =>
  act(id, "resolve", { outcome, ...(note.trim() && { note: note.trim() }) }, text().actions.resolved);

export async function resolveAndGoOn(id: string): Promise<void> {
  const after = neighbour(id, 1);
  if (await resolve(id, "solved", "")) openConversation(after?.id ?? null);
}

/** A reply belongs to the agent who owns the conversation, so sending one claims it first. */
export async function send(): Promise<void> {
  const row = detail.value?.conversation;
  if (!row || row.id !== openId.value || !writing.words.value.trim()) return;
  if (writing.mode.value === "reply" && !owns(row) && !(await claim(row.id))) return;
  writing.send();
}

/** A file to the customer; what the server refuses is told in words. */
export async function sendFile(row: Row, file: File): Promise<void> {
  const limits = limitsOf(detail.value?.channel);
  const words = deskText();
  const refusals = {
    type: words.fileTypeHere(namesOf(limits)),
    size: words.fileTooLargeHere(megabytes(limits[file.type] ?? Math.max(0, ...Object.values(limits)))),
  };
  const problem = problemOf(file, limits);
  if (problem) return say(refusals[problem], true);
  if (!owns(row) && !(await claim(row.id))) return;
  try {
    const query = new URLSearchParams({ id: uuid(), name: file.name });
    const { message } = await uploadFile<{ message: AgentMessage }>(`/conversations/${row.id}/files?${query}`, file);
    messageCame(row.id, message);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const reason = problem.body.reason as string | undefined;
    const said = {
      file_type: words.fileType,
      channel: words.noFilesHere,
      channel_file_type: refusals.type,
      channel_file_size: refusals.size,
    }[reason ?? ""];
    say(said ?? (problem.status === 413 ? words.fileTooLarge : failed(problem)), true);
  }
}

export async function suggest(id: string): Promise<Suggestion[]> {
  const { suggestions } = await post<{ suggestions: Suggestion[] }>(`/conversations/${id}/suggest`);
  return suggestions;
}
