// One browser, several people: nothing of one reaches the next, in sight or under their name.
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../shared/types";
import { createApi } from "../widget/api";
import { notice, useAttempt } from "../widget/attempt";
import type { Config } from "../widget/config";
import { connect } from "../widget/connection";
import { ChatContext } from "../widget/context";
import { createSession } from "../widget/session";
import { Panel } from "../widget/Panel";
import { Widget } from "../widget/Widget";

const KEY = "yorisoi:http://desk.example";
const config = (customer: string | null): Config => ({
  origin: "http://desk.example",
  customer: customer ? { id: customer } : null,
  accent: null,
  side: "right",
  launcher: true,
  title: null,
  logo: null,
  language: signal("ja"),
  refuse: () => undefined,
});

interface Call {
  path: string;
  token: string;
  body: { text?: string; customer?: { id: string } };
  answer: (status: number, body: unknown) => void;
}

/** A server that answers when the test says so; a conversation's token is the name of who opened it. */
function server(): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => {
    const path = new URL(url).pathname.replace("/v1/conversations", "");
    const token = new Headers(init.headers).get("Authorization")?.replace("Bearer ", "") ?? "";
    if (path.endsWith("/events")) return new Promise(() => undefined);
    return new Promise<Response>((resolve) => {
      const answer = (status: number, body: unknown) => resolve(new Response(JSON.stringify(body), { status }));
      const body = typeof init.body === "string" ? JSON.parse(init.body) : {};
      calls.push({ path, token, body, answer });
    });
  });
  return calls;
}

const settle = () => vi.advanceTimersByTimeAsync(100);
const last = (calls: Call[]) => calls.at(-1)!;
const openFor = (call: Call) => {
  const who = call.body.customer?.id ?? "nobody";
  call.answer(201, { id: `of-${who}`, token: who, state: "assistant" });
};
const said = (text: string) => ({ message: { id: text, seq: 1, author: "customer", text, html: text } as Message, state: "assistant" });
const view = { id: "c", state: "agent", agent: { name: "森" }, language: "ja", waiting: null, survey: { kind: "csat" }, messages: [said("秘密").message] };
const hold = (customer: string | null) => localStorage.setItem(KEY, JSON.stringify({ id: `of-${customer}`, token: customer, customer, read: 0 }));
const unsent = () => JSON.parse(localStorage.getItem(`${KEY}:unsent`) ?? "[]") as { text: string; owner: string }[];

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each(["logout first", "at once"])("what Alice has not sent is not sent as Bob, who comes %s, and waits for Alice", async (how) => {
  const calls = server();
  const session = createSession(config("alice"));
  session.send("アリスの住所");
  await settle();
  last(calls).answer(503, {});
  await settle();
  if (how === "logout first") session.logout();
  session.identify({ id: "bob" });
  expect(session.outbox.entries.value).toEqual([]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(calls.length).toBe(1);
  session.send("ボブの質問");
  await settle();
  openFor(last(calls));
  await settle();
  expect([last(calls).token, last(calls).body.text]).toEqual(["bob", "ボブの質問"]);
  last(calls).answer(202, said("ボブの質問"));
  await settle();
  expect(unsent().map((each) => each.text)).toEqual(["アリスの住所"]);
  session.identify({ id: "alice" });
  await settle();
  openFor(last(calls));
  await settle();
  expect([last(calls).token, last(calls).body.text]).toEqual(["alice", "アリスの住所"]);
});

test("a conversation that opens for Alice after she left is nobody's: Bob gets his own", async () => {
  const calls = server();
  const session = createSession(config("alice"));
  session.send("アリス");
  await settle();
  const late = last(calls);
  session.identify({ id: "bob" });
  session.send("ボブ");
  await settle();
  openFor(late);
  await settle();
  openFor(last(calls));
  await settle();
  expect([last(calls).path, last(calls).token, last(calls).body.text]).toEqual(["/of-bob/messages", "bob", "ボブ"]);
  expect(JSON.parse(localStorage.getItem(KEY)!)).toMatchObject({ customer: "bob", token: "bob" });
});

test("what comes back for Alice after she left does not appear before Bob", async () => {
  hold("alice");
  const calls = server();
  const session = createSession(config("alice"));
  void session.resume();
  await settle();
  const reading = last(calls);
  session.send("アリス");
  const file = session.sendFile("f", new File(["x"], "x.txt")).catch(() => "dropped");
  await settle();
  session.identify({ id: "bob" });
  reading.answer(200, view);
  calls.filter((call) => call !== reading).forEach((call) => call.answer(202, said("アリス")));
  await settle();
  expect([session.messages.value, session.survey.value, session.state.value]).toEqual([[], null, "assistant"]);
  expect(await file).toBe("dropped");
  expect(unsent()).toEqual([]); // it did arrive, in her conversation
});

test("a log-out takes away what was read aloud, the count, the notice and every view that holds something", async () => {
  hold("alice");
  const calls = server();
  const session = createSession(config("alice"));
  void session.resume();
  await settle();
  last(calls).answer(200, view);
  await settle();
  session.spoken.value = said("秘密").message;
  notice.value = { words: "送れません", again: () => undefined };
  session.logout();
  expect([session.spoken.value, session.unread.value, session.agent.value, notice.value]).toEqual([null, 0, null, null]);
  expect(session.person.value).toBe(1);
  expect(localStorage.getItem(KEY)).toBeNull();
});

test("what nobody in particular wrote is gone with a log-out, and theirs who logs in", async () => {
  const calls = server();
  const session = createSession(config(null));
  session.send("匿名");
  await settle();
  session.logout();
  openFor(last(calls));
  await vi.advanceTimersByTimeAsync(60_000);
  expect([calls.length, unsent()]).toEqual([1, []]);
  session.send("もう一度");
  session.identify({ id: "bob" });
  expect(unsent().map((each) => each.owner)).toEqual(["bob"]);
});

test("a conversation begun before the log-in belongs to who logged in, not to the next one", async () => {
  hold(null);
  server();
  createSession(config("bob"));
  expect(JSON.parse(localStorage.getItem(KEY)!).customer).toBe("bob");
  const other = createSession(config("carol"));
  await other.resume();
  expect(other.messages.value).toEqual([]);
});

test("who is named after the page has loaded finds their conversation again", async () => {
  hold("alice");
  const calls = server();
  const session = createSession(config(null));
  void session.resume();
  session.identify({ id: "alice" });
  await settle();
  last(calls).answer(200, view);
  await settle();
  expect(session.messages.value.map((each) => each.text)).toEqual(["秘密"]);
});

test("what the page says of Alice waits for a conversation, is told once, and is not told of Bob", async () => {
  const calls = server();
  const session = createSession(config("alice"));
  session.tellAttributes({ plan: "pro" });
  session.tellAttributes({ seats: 3 });
  await settle();
  expect(calls).toEqual([]);
  session.send("質問");
  await settle();
  openFor(last(calls));
  await settle();
  const told = calls.filter((call) => call.path === "/of-alice/attributes");
  expect(told.map((call) => call.body)).toEqual([{ attributes: { plan: "pro", seats: 3 } }]);
  session.identify({ id: "bob" });
  session.send("ボブ");
  await settle();
  openFor(last(calls));
  await settle();
  expect(calls.some((call) => call.path === "/of-bob/attributes")).toBe(false);
});

test("a half-written message is not the next person's", async () => {
  server();
  const session = createSession(config("alice"));
  const page = document.body.appendChild(document.createElement("div"));
  const chat = { config: config("alice"), session, open: signal(true), welcome: signal(null), loadPanel: async () => Panel };
  render(h(ChatContext.Provider, { value: chat, children: h(Widget, {}) }), page);
  await settle();
  const area = () => page.querySelector<HTMLTextAreaElement>("textarea")!;
  area().value = "私の住所は";
  area().dispatchEvent(new Event("input"));
  await settle();
  session.logout();
  await settle();
  expect(area().value).toBe("");
  render(null, page);
});

test("a chat that is opened without a network says so, and opens when it is back", async () => {
  server();
  const page = document.body.appendChild(document.createElement("div"));
  let up = false;
  const loadPanel = vi.fn(async () => {
    if (!up) throw new TypeError("Failed to fetch");
    return Panel;
  });
  const chat = { config: config(null), session: createSession(config(null)), open: signal(false), welcome: signal(null), loadPanel };
  render(h(ChatContext.Provider, { value: chat, children: h(Widget, {}) }), page);
  await settle();
  expect(loadPanel).not.toHaveBeenCalled();
  chat.open.value = true;
  await settle();
  expect(page.querySelector("[role=alert]")?.textContent).toContain("接続が切れています");
  up = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect([page.querySelector("[role=alert]"), page.querySelector("textarea")]).toEqual([null, document.activeElement]);
  render(null, page);
});

test("a tap that was Alice's is not offered to Bob for another try", async () => {
  const calls = server();
  const session = createSession(config("alice"));
  const asked = useAttempt("担当者の呼び出しが届きませんでした。")(session.askForPerson);
  await settle();
  session.identify({ id: "bob" });
  last(calls).answer(503, {});
  expect([await asked, notice.value]).toEqual([false, null]);
});

test("a stream is not opened again by a lock that comes after the conversation was left", async () => {
  const fetched = vi.fn(() => new Promise(() => undefined));
  vi.stubGlobal("fetch", fetched);
  let grant = (_: unknown) => {};
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  vi.stubGlobal("navigator", { locks: { request: (_name: string, _how: unknown, got: typeof grant) => (grant = got) } });
  const nothing = () => undefined;
  const listener = { ticket: { id: "c", token: "t" }, lastId: () => null, on: nothing, onUp: nothing, onRefused: nothing };
  connect(createApi("http://desk.example"), listener).close();
  grant({});
  expect(fetched).not.toHaveBeenCalled();
});
