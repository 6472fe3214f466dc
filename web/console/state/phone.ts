// What an agent does about messaging apps: send again, and say who is one person.
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { phoneText } from "../text/phone";
import { get, post, remove } from "./me";
import { reload } from "./thread";
import { say } from "./toast";

export type Alike = Schemas["CandidateOut"];

/** Do it and tell; what went wrong is told in the words of *known* by the API's code or status. */
async function told(work: Promise<unknown>, done: string, known: Record<string, string> = {}): Promise<boolean> {
  try {
    await work;
    say(done);
    return true;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    say(known[problem.status] ?? phoneText().failed, true);
    return false;
  } finally {
    void reload().catch(() => undefined);
  }
}

export const sendAgain = (conversation: string, message: string) =>
  told(post(`/conversations/${conversation}/messages/${message}/send-again`), phoneText().queuedAgain, { 409: phoneText().notAgain });

export const link = (conversation: string, other: string, reason: string) =>
  told(post(`/conversations/${conversation}/links`, { conversation: other, reason }), phoneText().linked, {
    404: phoneText().unknown,
    422: phoneText().already,
  });

export const unlink = (id: string) => told(remove(`/links/${id}`), phoneText().undone);

export async function alike(conversation: string): Promise<Alike[]> {
  return (await get<Schemas["CandidatesOut"]>(`/conversations/${conversation}/alike`)).alike;
}

/** The HTML of a message with what is hidden in it; null when that failed. */
export async function reveal(conversation: string, message: string): Promise<string | null> {
  try {
    const found = await post<{ message: { html: string } }>(`/conversations/${conversation}/messages/${message}/reveal`);
    return found.message.html;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    say(phoneText().failed, true);
    return null;
  }
}
