// One person: notes that stay, and a conversation that an agent begins.
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { copilotText } from "../text/copilot";
import type { Row } from "../types";
import { get, me, post, remove } from "./me";
import { openConversation } from "./route";
import { conversationChanged, detail } from "./thread";
import { say } from "./toast";

export type Note = Schemas["CustomerNoteOut"];
export type Way = Schemas["ContactWayOut"];

function changeNotes(customer: string, change: (notes: Note[]) => Note[]): void {
  const shown = detail.value;
  if (shown?.customer.id === customer) detail.value = { ...shown, customer: { ...shown.customer, notes: change(shown.customer.notes) } };
}

export async function addNote(customer: string, text: string): Promise<boolean> {
  try {
    const note = await post<Note>(`/customers/${customer}/notes`, { text });
    changeNotes(customer, (notes) => [note, ...notes]);
    return true;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    say(problem.status === 409 ? copilotText().noteFull : copilotText().failed, true);
    return false;
  }
}

export const mayRemove = (note: Note): boolean => note.agent === me.value?.id || (me.value?.lead ?? false);

export async function removeNote(customer: string, note: Note): Promise<void> {
  try {
    await remove(`/customers/${customer}/notes/${note.id}`);
    changeNotes(customer, (notes) => notes.filter((each) => each.id !== note.id));
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    say(problem.status === 403 ? copilotText().noteForbidden : copilotText().failed, true);
  }
}

export const loadWays = async (customer: string): Promise<Way[]> => (await get<{ ways: Way[] }>(`/customers/${customer}/ways`)).ways;

/** null when it began; else why not, in words. */
export async function startConversation(customer: string, id: string, way: string, text: string, subject: string): Promise<string | null> {
  try {
    const { conversation } = await post<{ conversation: Row }>(`/customers/${customer}/conversations`, { id, way, text, subject });
    conversationChanged(conversation);
    openConversation(conversation.id);
    say(copilotText().started);
    return null;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const words = copilotText();
    return words.obstacles[String(problem.body.reason)] ?? words.failed;
  }
}
