// The customer's line to the server: which conversation this browser holds, its stream, and what goes out.
import { computed, signal } from "@preact/signals";
import { ApiError } from "../shared/http";
import { LEFT, type Unsent, createOutbox } from "../shared/outbox";
import type { ServerEvent } from "../shared/sse";
import { load, onOtherTab, save } from "../shared/store";
import { uuid } from "../shared/uuid";
import { type Attributes, type CallWish, type Feedback, type Ticket, createApi } from "./api";
import { notice } from "./attempt";
import type { Config, Customer } from "./config";
import { type Connection, connect } from "./connection";
import { createModel } from "./model";

interface Saved extends Ticket {
  /** Whose conversation it is, so that the next person to log in on this browser does not see it. */
  customer: string | null;
  read: number;
}

/** What comes of a call, a failure too, is dropped when whoever made it has left meanwhile. */
async function unless<T>(left: () => boolean, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } finally {
    if (left()) throw LEFT;
  }
}

export function createSession(config: Config) {
  const key = `yorisoi:${config.origin}`;
  const me = () => config.customer?.id ?? null;
  const api = createApi(config.origin);
  const model = createModel();
  const streaming = signal(true);
  const online = signal(navigator.onLine);
  const connected = computed(() => online.value && streaming.value);
  const outbox = createOutbox<Unsent>(`${key}:unsent`, deliver, (entry) => isOwn(entry.owner));
  /** Goes up with every change of person: views that hold something of theirs begin anew. */
  const person = signal(0);
  let saved = stored();
  let opening: Promise<Ticket> | null = null;
  let connection: Connection | null = null;
  let resumed = false;
  /** What the page says of its visitor, until the server knows it. */
  let attributes: Attributes = {};

  /** What an anonymous visitor began stays theirs when they log in; anyone else's is left alone. */
  function isOwn(owner: string | null | undefined): boolean {
    return owner === null || owner === me();
  }

  function stored(): Saved | null {
    const found = load<Saved>(key);
    return found && isOwn(found.customer) ? found : null;
  }

  function keep(next: Saved | null): void {
    saved = next;
    save(key, next);
  }

  /** Leaves the conversation in this tab; what is stored stays stored. */
  function leave(): void {
    connection?.close();
    connection = opening = saved = null;
    streaming.value = true;
    model.clear();
  }

  function forget(): void {
    leave();
    keep(null);
  }

  /** What was said before the log-in is theirs from now on, and not the next person's. */
  function adopt(): void {
    if (!me()) return;
    if (saved?.customer === null) keep({ ...saved, customer: me() });
    if (outbox.entries.value.some((each) => each.owner === null))
      outbox.change((all) => all.map((each) => (each.owner === null ? { ...each, owner: me() } : each)));
  }

  function changePerson(): void {
    person.value++;
    attributes = {};
    notice.value = null;
    outbox.reload();
  }

  /** Somebody has logged in: an anonymous conversation is theirs, another customer's is left alone. */
  function identify(customer: Customer): void {
    const other = me() !== null && me() !== customer.id;
    config.customer = customer;
    if (other) leave();
    if (!saved) {
      saved = stored();
      if (saved && resumed) void resume();
    }
    adopt();
    if (other) changePerson();
    else outbox.reload();
  }

  /** Nothing stays in sight; what a customer has not sent waits for them, what nobody in particular wrote is gone. */
  function logout(): void {
    config.customer = null;
    forget();
    outbox.change((all) => all.filter((each) => each.owner !== null));
    changePerson();
  }

  const isHeld = ({ id }: Ticket): boolean => saved?.id === id;

  /** Calls the server about the conversation; what comes of it after that was left is dropped. */
  async function inside<T>(work: (to: Ticket) => Promise<T>): Promise<T> {
    const to = await ticket();
    if (!isHeld(to)) throw LEFT;
    return unless(() => !isHeld(to), work(to));
  }

  /** They wait for a conversation, and open none. */
  function tellAttributes(more: Attributes = {}): void {
    attributes = { ...attributes, ...more };
    const told = attributes;
    if (!saved || !Object.keys(told).length) return;
    const done = () => attributes === told && (attributes = {});
    // Only a network or a busy server is worth another try, with the next conversation.
    inside((to) => api.attributes(to, told)).then(done, (problem) => {
      if (problem === LEFT || (problem instanceof ApiError && problem.passing)) return;
      done();
      console.warn("yorisoi", "attributes", problem);
    });
  }

  function take(event: ServerEvent): void {
    if (event.event === "reset") return void read().catch(() => undefined);
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
    model.show(await inside(api.read));
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
    const asked = person.value;
    const { customer } = config;
    const owner = customer?.id ?? null;
    const { id, token } = await unless(
      () => asked !== person.value || !isOwn(owner),
      api.open({ locale: config.language.value, customer, previous }),
    );
    leave();
    keep({ id, token, customer: owner, read: 0 });
    adopt();
    listen({ id, token });
    tellAttributes();
    return { id, token };
  }

  function open(previous: Ticket | null): Promise<Ticket> {
    if (opening) return opening;
    const begun: Promise<Ticket> = create(previous).finally(() => opening === begun && (opening = null));
    return (opening = begun);
  }

  const ticket = (): Promise<Ticket> => (saved ? Promise.resolve(saved) : open(null));
  const restart = (): Promise<Ticket> => open(saved && { id: saved.id, token: saved.token });

  /** Sends what is the person's own, with their own token; somebody who has left meanwhile sends nothing more. */
  async function deliver(entry: Unsent): Promise<void> {
    const post = async () => {
      const { message } = await inside(async (to) => {
        const receipt = await api.send(to, entry.id, entry.text);
        outbox.remove(entry.id); // also when the writer has left meanwhile
        return receipt;
      });
      model.upsert(message);
    };
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
    resumed = true;
    const held = saved;
    if (!held) return outbox.wake();
    model.readSeq.value = held.read;
    try {
      await read();
      listen(held);
      tellAttributes();
    } catch (problem) {
      if (problem === LEFT) return;
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
    outbox.add({ id: uuid(), text: words, at: new Date().toISOString(), failed: null, why: null, owner: me(), after });
  }

  async function sendFile(id: string, file: File): Promise<void> {
    model.upsert((await inside((to) => api.sendFile(to, id, file))).message);
  }

  async function askForPerson(): Promise<void> {
    if (model.state.value === "closed") await restart();
    const { state, message } = await inside(api.person);
    if (message) model.upsert(message);
    if (state === "queued") model.apply({ state, agent: null, language: "", waiting: message && { told: message.text } });
  }

  async function stopWaiting(): Promise<void> {
    const { state } = await inside(api.cancelPerson);
    model.apply({ state, agent: null, language: "", waiting: null });
  }

  function markRead(): void {
    if (!saved || model.newest.value <= saved.read) return;
    model.readSeq.value = model.newest.value;
    keep({ ...saved, read: model.newest.value });
  }

  adopt();
  onOtherTab(key, followOtherTab);
  addEventListener("offline", () => (online.value = false));
  addEventListener("online", () => {
    online.value = true;
    connection?.wake();
    outbox.wake();
  });

  return {
    ...model, connected, outbox, person, resume, restart, send, identify, logout, tellAttributes, askForPerson, stopWaiting, markRead,
    welcome: api.welcome,
    sendFile,
    calls: () => inside(api.calls),
    issueLinkCode: () => inside(api.linkCode),
    askForCall: (wish: CallWish) => inside((to) => api.askForCall(to, wish)),
    file: (id: string) => inside((to) => api.file(to, id)),
    feedback: (feedback: Feedback) => inside((to) => api.feedback(to, feedback)),
    tellTyping: (on: boolean) => void (saved && api.typing(saved, on).catch(() => undefined)),
  };
}

export type Session = ReturnType<typeof createSession>;
