// The customer's line to the server: which conversation this browser holds, its stream, and what goes out.
import { computed, signal } from "@preact/signals";
import { ApiError } from "../shared/http";
import { type Unsent, createOutbox } from "../shared/outbox";
import type { ServerEvent } from "../shared/sse";
import { load, onOtherTab, save } from "../shared/store";
import { uuid } from "../shared/uuid";
import { type Feedback, type Ticket, createApi } from "./api";
import type { Config } from "./config";
import { type Connection, connect } from "./connection";
import { createModel } from "./model";

interface Saved extends Ticket {
  /** Whose conversation it is, so that the next person to log in on this browser does not see it. */
  customer: string | null;
  read: number;
}

export function createSession(config: Config) {
  const key = `yorisoi:${config.origin}`;
  const me = () => config.customer?.id ?? null;
  const api = createApi(config.origin);
  const model = createModel();
  const streaming = signal(true);
  const online = signal(navigator.onLine);
  const connected = computed(() => online.value && streaming.value);
  const outbox = createOutbox<Unsent>(`${key}:unsent`, deliver);
  let saved = stored();
  let opening: Promise<Ticket> | null = null;
  let connection: Connection | null = null;

  /** A conversation that an anonymous visitor began stays theirs when they log in; anyone else's is left alone. */
  function stored(): Saved | null {
    const found = load<Saved>(key);
    return found && (found.customer === null || found.customer === me()) ? found : null;
  }

  function keep(next: Saved | null): void {
    saved = next;
    save(key, next);
  }

  /** Leaves the conversation in this tab; what is stored stays stored. */
  function leave(): void {
    connection?.close();
    connection = null;
    saved = null;
    streaming.value = true;
    model.clear();
  }

  function forget(): void {
    leave();
    keep(null);
  }

  /** Another person has logged in: what is somebody else's is left alone. */
  function switchCustomer(): void {
    if (saved?.customer && saved.customer !== me()) leave();
  }

  function take(event: ServerEvent): void {
    if (event.event === "reset") return void read();
    model.take(event);
    if (event.event === "message") settle();
  }

  /** What the server has is no longer on its way. */
  function settle(): void {
    const arrived = new Set(model.messages.value.map((each) => each.id));
    outbox.entries.value.filter((each) => arrived.has(each.id)).forEach((each) => outbox.remove(each.id));
  }

  async function read(): Promise<void> {
    if (!saved) return;
    model.show(await api.read(saved));
    settle();
  }

  function heardFromServer(up: boolean): void {
    if (up && !streaming.value) outbox.wake();
    streaming.value = up;
  }

  function listen(ticket: Ticket): void {
    connection?.close();
    connection = connect(api, {
      ticket,
      lastId: () => (model.newest.value ? String(model.newest.value) : null),
      on: take,
      onUp: heardFromServer,
      onRefused: forget,
    });
  }

  async function create(previous: Ticket | null): Promise<Ticket> {
    const { id, token } = await api.open({ locale: config.language.value, customer: config.customer, previous });
    leave();
    keep({ id, token, customer: me(), read: 0 });
    listen({ id, token });
    return { id, token };
  }

  function open(previous: Ticket | null): Promise<Ticket> {
    opening ??= create(previous).finally(() => (opening = null));
    return opening;
  }

  const ticket = (): Promise<Ticket> => (saved ? Promise.resolve(saved) : open(null));
  const restart = (): Promise<Ticket> => open(saved && { id: saved.id, token: saved.token });

  async function deliver(entry: Unsent): Promise<void> {
    const post = async () => model.upsert((await api.send(await ticket(), entry.id, entry.text)).message);
    try {
      await post();
    } catch (problem) {
      if (!(problem instanceof ApiError)) throw problem;
      // What the customer wrote is never lost to a conversation that ended or is gone: it opens the next one.
      if (problem.code === "conversation_closed") await restart();
      else if (problem.status === 404 || problem.status === 401) forget();
      else throw problem;
      await post();
    }
  }

  async function resume(): Promise<void> {
    const held = saved;
    if (!held) return outbox.wake();
    model.readSeq.value = held.read;
    try {
      await read();
      listen(held);
    } catch (problem) {
      if (problem instanceof ApiError && problem.passing) listen(held);
      else forget();
    }
    outbox.wake();
  }

  function followOtherTab(): void {
    const other = stored();
    if (other?.id !== saved?.id) {
      leave();
      saved = other;
      return void resume();
    }
    saved = other;
    model.readSeq.value = Math.max(model.readSeq.value, other?.read ?? 0);
  }

  function send(words: string): void {
    model.returned.value = false;
    const after = model.newest.value;
    outbox.add({ id: uuid(), text: words, at: new Date().toISOString(), failed: null, why: null, after });
  }

  async function sendFile(id: string, file: File): Promise<void> {
    model.upsert((await api.sendFile(await ticket(), id, file)).message);
  }

  async function askForPerson(): Promise<void> {
    if (model.state.value === "closed") await restart();
    const { state, message } = await api.person(await ticket());
    if (message) model.upsert(message);
    if (state === "queued") model.apply({ state, agent: null, language: "", waiting: message && { told: message.text } });
  }

  async function stopWaiting(): Promise<void> {
    const { state } = await api.cancelPerson(await ticket());
    model.apply({ state, agent: null, language: "", waiting: null });
  }

  function markRead(): void {
    if (!saved || model.newest.value <= saved.read) return;
    model.readSeq.value = model.newest.value;
    keep({ ...saved, read: model.newest.value });
  }

  onOtherTab(key, followOtherTab);
  addEventListener("offline", () => (online.value = false));
  addEventListener("online", () => {
    online.value = true;
    connection?.wake();
    outbox.wake();
  });

  return {
    ...model, connected, outbox, resume, restart, send, forget, switchCustomer, askForPerson, stopWaiting, markRead,
    welcome: api.welcome,
    sendFile,
    file: async (id: string) => api.file(await ticket(), id),
    feedback: async (feedback: Feedback) => void (await api.feedback(await ticket(), feedback)),
    tellTyping: (on: boolean) => void (saved && api.typing(saved, on).catch(() => undefined)),
  };
}

export type Session = ReturnType<typeof createSession>;
