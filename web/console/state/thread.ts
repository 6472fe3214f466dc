// The conversation in view.
import { computed, effect, signal, untracked } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { AgentMessage, Detail, Row } from "../types";
import { rowChanged } from "./inbox";
import { get, standing } from "./me";
import { route } from "./route";
import { resultChanged } from "./search";

const TYPING_SECONDS = 8;
const REFRESH_MS = 400;

export const detail = signal<Detail | null>(null);
export const missing = signal(false);
export const customerTyping = signal(false);
/** What the assistant is writing right now. */
export const draft = signal("");
export const openId = computed(() => route.value.conversation);

export async function reload(): Promise<void> {
  const id = openId.value;
  if (!id) return;
  try {
    const fresh = await get<Detail>(`/conversations/${id}`);
    if (openId.value === id) detail.value = fresh;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 404) missing.value = openId.value === id;
    else throw problem;
  }
}

let timer = 0;
function reloadSoon(): void {
  clearTimeout(timer);
  timer = window.setTimeout(() => void reload().catch(() => undefined), REFRESH_MS);
}

function edit(id: string, change: (detail: Detail) => Detail): void {
  if (detail.value?.conversation.id === id) detail.value = change(detail.value);
}

export function conversationChanged(row: Row): void {
  rowChanged(row);
  resultChanged(row);
  if (row.id !== openId.value) return;
  edit(row.id, (old) => (old.conversation.epoch > row.epoch ? old : { ...old, conversation: row }));
  // The packet, the turns and the card may have changed with it.
  reloadSoon();
}

export function messageCame(id: string, message: AgentMessage): void {
  if (id !== openId.value) return;
  if (message.author === "customer") customerTyping.value = false;
  if (message.author === "assistant") draft.value = "";
  edit(id, (old) => ({ ...old, messages: placed(old.messages, message) }));
}

/** A known message is replaced where it stands; a new one goes after those of its seq (notes share one). */
export function placed(list: AgentMessage[], message: AgentMessage): AgentMessage[] {
  if (list.some((each) => each.id === message.id)) return list.map((each) => (each.id === message.id ? message : each));
  const after = list.findLastIndex((each) => each.seq <= message.seq);
  return [...list.slice(0, after + 1), message, ...list.slice(after + 1)];
}

/** Whether the customer wrote last; that a person will come, or has joined, is no reply. */
export function isUnanswered({ messages, turns }: Pick<Detail, "messages" | "turns">): boolean {
  const replies = new Set(turns.filter((turn) => turn.decision !== "handoff").map((turn) => turn.reply_id));
  const last = messages.findLast(
    (each) => each.author === "customer" || replies.has(each.id) || (each.author === "agent" && !each.private),
  );
  return last?.author === "customer";
}

let typingTimer = 0;
export function customerTypes(id: string, on: boolean): void {
  if (id !== openId.value) return;
  clearTimeout(typingTimer);
  customerTyping.value = on;
  typingTimer = window.setTimeout(() => (customerTyping.value = false), TYPING_SECONDS * 1000);
}

export function draftGrew(id: string, words: string): void {
  if (id === openId.value) draft.value = words;
}

function turnTo(id: string | null): void {
  missing.value = false;
  if (detail.value?.conversation.id !== id) {
    detail.value = null;
    draft.value = "";
    customerTyping.value = false;
  }
  void reload().catch(() => undefined);
}

effect(() => {
  const id = openId.value;
  if (standing.value === "in") untracked(() => turnTo(id));
});
