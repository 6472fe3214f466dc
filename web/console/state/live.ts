// The inbox's event stream: open while somebody is logged in, resumed where it broke off.
import { effect, signal, untracked } from "@preact/signals";
import { type ServerEvent, type Stream, openStream } from "../../shared/sse";
import type { AgentMessage, Row } from "../types";
import { alertOfMessage, alertOfRow } from "./alerts";
import { tellOfCall } from "./calls";
import { type Colleague, colleagueDid } from "./colleagues";
import { refreshWatched, rows } from "./inbox";
import { expire, standing } from "./me";
import { named } from "./mentions";
import { conversationChanged, customerTypes, draftGrew, messageCame, reload } from "./thread";
import { outbox } from "./writing";

export const connected = signal(true);
/** Counts what happened, for who looks at all of it. */
export const happened = signal(0);

let lastId: string | null = null;
let stream: Stream | null = null;

function refetch(): void {
  lastId = null;
  void Promise.all([refreshWatched(), reload()]).catch(() => undefined);
}

const on: Record<string, (data: never) => void> = {
  conversation: (row: Row) => {
    const before = rows.value.get(row.id);
    conversationChanged(row);
    alertOfRow(before, row);
    tellOfCall(before, row);
  },
  message: ({ conversation, message }: { conversation: string; message: AgentMessage }) => {
    messageCame(conversation, message);
    alertOfMessage(conversation, message);
  },
  mention: named,
  typing: (data: { conversation: string; on: boolean }) => customerTypes(data.conversation, data.on),
  delta: (data: { conversation: string; text: string }) => draftGrew(data.conversation, data.text),
  colleague: ({ conversation, ...news }: Omit<Colleague, "at"> & { conversation: string }) => colleagueDid(conversation, news),
  reset: refetch,
};

function take({ event, data, id }: ServerEvent): void {
  if (id) lastId = id;
  happened.value += 1;
  on[event]?.(JSON.parse(data) as never);
}

function up(now: boolean): void {
  // Without an id to resume from, what happened during the gap can only be fetched.
  if (now && !connected.value && lastId === null) refetch();
  if (now && !connected.value) outbox.wake();
  connected.value = now;
}

function listen(): void {
  void refreshWatched().catch(() => undefined);
  stream = openStream({ url: "/v1/agent/events", headers: () => ({}), lastId: () => lastId, on: take, onUp: up, onRefused: expire });
}

effect(() => {
  stream?.close();
  stream = null;
  if (standing.value === "in") untracked(listen);
});

addEventListener("online", () => stream?.wake());
