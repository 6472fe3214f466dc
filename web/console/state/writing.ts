// What the agent writes: a draft per conversation that survives a reload or an expired session, and the outbox.
import { computed, effect, signal, untracked } from "@preact/signals";
import { ApiError } from "../../shared/http";
import { type Unsent, createOutbox } from "../../shared/outbox";
import { load, save } from "../../shared/store";
import { uuid } from "../../shared/uuid";
import type { AgentMessage } from "../types";
import { replySent } from "./draftLog";
import { me, post, standing } from "./me";
import { messageCame, openId } from "./thread";

export type Mode = "reply" | "note";

/** A saved reply whose actions follow when the draft is sent. */
interface Macro {
  id: string;
  choice: string;
}

interface Drafts {
  reply: string;
  note: string;
  macro?: Macro | null;
}

export interface Outgoing extends Unsent {
  conversation: string;
  private: boolean;
  macro?: string;
}

const TYPING_EVERY_MS = 4_000;
const EMPTY: Drafts = { reply: "", note: "" };

export const mode = signal<Mode>("reply");
export const drafts = signal<Drafts>(EMPTY);
export const words = computed(() => drafts.value[mode.value]);
export const macro = computed(() => (mode.value === "reply" ? (drafts.value.macro ?? null) : null));

const keyOf = (id: string) => `yorisoi:console:draft:${me.peek()?.id}:${id}`;

effect(() => {
  const id = openId.value;
  mode.value = "reply";
  drafts.value = (id && me.value && load<Drafts>(keyOf(id))) || EMPTY;
});

export function write(next: string): void {
  const id = openId.value;
  if (!id) return;
  const emptied = mode.value === "reply" && !next.trim();
  drafts.value = { ...drafts.value, [mode.value]: next, ...(emptied && { macro: null }) };
  save(keyOf(id), drafts.value.reply || drafts.value.note ? drafts.value : null);
}

export function setMacro(chosen: Macro | null): void {
  const id = openId.value;
  if (!id) return;
  drafts.value = { ...drafts.value, macro: chosen };
  save(keyOf(id), drafts.value);
}

/** Puts plain words in the reply, after what is written there. */
export function insert(plain: string): void {
  mode.value = "reply";
  write(words.value.trim() ? `${words.value.trimEnd()}\n\n${plain}` : plain);
}

async function deliver({ id, conversation, text, private: hidden, macro: used }: Outgoing): Promise<void> {
  try {
    const { message } = await post<{ message: AgentMessage }>(`/conversations/${conversation}/messages`, { id, text, private: hidden, ...(used && { macro: used }) });
    messageCame(conversation, message);
  } catch (problem) {
    // An expired session passes with the next login; the message waits for it like for a network.
    throw problem instanceof ApiError && problem.status === 401 ? new ApiError(0) : problem;
  }
}

/** Another agent on this screen neither sees nor sends what a colleague left unsent. */
export const outbox = createOutbox<Outgoing>("yorisoi:console:unsent", deliver, (entry) => entry.owner === me.peek()?.id);

export function send(): void {
  const conversation = openId.value;
  const text = words.value.trim();
  if (!conversation || !text) return;
  outbox.add({ id: uuid(), text, at: new Date().toISOString(), failed: null, why: null, owner: me.peek()?.id ?? null, conversation, private: mode.value === "note", ...(macro.value && { macro: macro.value.id }) });
  if (mode.value === "reply") replySent(conversation, text);
  setMacro(null);
  write("");
}

let told = 0;
/** Colleagues hear of every draft, the customer only of a reply by the owner. */
export function tellTyping(toCustomer: boolean): void {
  if (Date.now() - told < TYPING_EVERY_MS) return;
  told = Date.now();
  void post(`/conversations/${openId.value}/activity`, { activity: "typing" }).catch(() => undefined);
  if (toCustomer) void post(`/conversations/${openId.value}/typing`, { on: true }).catch(() => undefined);
}

addEventListener("online", outbox.wake);
effect(() => {
  if (standing.value !== "in") return;
  untracked(outbox.reload);
  untracked(outbox.wake);
});
