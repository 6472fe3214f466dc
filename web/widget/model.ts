// What the customer's screen shows of a conversation, and how each event of the stream changes it. No network here.
import { batch, computed, signal } from "@preact/signals";
import type { ServerEvent } from "../shared/sse";
import type { ConversationView, Message, Snapshot, State, Survey } from "../shared/types";

export interface Draft {
  text: string;
  html: string;
}

interface Typing {
  author: string;
  on: boolean;
  name: string | null;
}

const TYPING_SECONDS = 8;

export function createModel() {
  const state = signal<State>("assistant");
  const agent = signal<string | null>(null);
  const told = signal<string | null>(null);
  const messages = signal<Message[]>([]);
  const draft = signal<Draft | null>(null);
  const typing = signal<Typing | null>(null);
  const survey = signal<Survey | null>(null);
  /** The assistant has just taken over again from a person or a queue. */
  const returned = signal(false);
  /** The newest finished message of the other side, for screen readers. */
  const spoken = signal<Message | null>(null);
  const readSeq = signal(0);
  const newest = computed(() => messages.value.at(-1)?.seq ?? 0);
  const unread = computed(() => messages.value.filter((each) => each.seq > readSeq.value && each.author !== "customer").length);
  let typingTimer = 0;

  function upsert(message: Message): void {
    const others = messages.value.filter((each) => each.id !== message.id);
    messages.value = [...others, message].sort((a, b) => a.seq - b.seq);
  }

  function apply(snapshot: Snapshot): void {
    batch(() => {
      returned.value = snapshot.state === "assistant" && (returned.value || ["agent", "queued"].includes(state.value));
      state.value = snapshot.state;
      agent.value = snapshot.agent?.name ?? null;
      told.value = snapshot.waiting?.told ?? null;
      draft.value = null;
    });
  }

  function heard(message: Message): void {
    upsert(message);
    if (message.author === "customer") return;
    draft.value = null;
    typing.value = null;
    spoken.value = message;
  }

  function someoneTypes(data: Typing): void {
    clearTimeout(typingTimer);
    typing.value = data.on ? data : null;
    typingTimer = window.setTimeout(() => (typing.value = null), TYPING_SECONDS * 1000);
  }

  function show(view: ConversationView): void {
    batch(() => {
      state.value = view.state;
      apply(view);
      returned.value = false;
      messages.value = view.messages;
      survey.value = view.survey;
    });
  }

  function clear(): void {
    batch(() => {
      messages.value = [];
      draft.value = survey.value = agent.value = told.value = typing.value = spoken.value = null;
      state.value = "assistant";
      readSeq.value = 0;
      returned.value = false;
    });
  }

  const on: Record<string, (data: never) => void> = {
    message: heard,
    state: apply,
    typing: someoneTypes,
    survey: (data: Survey) => (survey.value = data),
    delta: (data: Draft) => (draft.value = data.text ? data : null),
  };
  const take = ({ event, data }: ServerEvent) => on[event]?.(JSON.parse(data) as never);

  return { state, agent, told, messages, draft, typing, survey, returned, spoken, readSeq, newest, unread, upsert, apply, show, clear, take };
}

export type Model = ReturnType<typeof createModel>;
