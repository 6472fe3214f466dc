import { signal } from "@preact/signals";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../shared/types";
import type { Config } from "../widget/config";
import { createModel } from "../widget/model";
import { createSession } from "../widget/session";

const message = (seq: number, author = "assistant", id = `m${seq}`) => ({ id, seq, author, text: id, html: id }) as Message;
const event = (name: string, data: unknown) => ({ event: name, data: JSON.stringify(data), id: null });
const state = (name: string) => event("state", { state: name, agent: null, language: "ja", waiting: null });

test("messages stand in order of seq, each once, whatever order they come in", () => {
  const model = createModel();
  [2, 1, 2].forEach((seq) => model.take(event("message", message(seq))));
  expect(model.messages.value.map((each) => each.seq)).toEqual([1, 2]);
});

test("a draft grows, is withdrawn when empty, and gives way to the finished message", () => {
  const model = createModel();
  model.take(event("delta", { text: "返品は", html: "<p>返品は</p>" }));
  expect(model.draft.value?.text).toBe("返品は");
  model.take(event("delta", { text: "", html: "" }));
  expect(model.draft.value).toBeNull();
  model.take(event("delta", { text: "返", html: "返" }));
  model.take(event("message", message(1)));
  expect(model.draft.value).toBeNull();
  expect(model.spoken.value?.id).toBe("m1");
});

test("only a return from a person or the queue is told as one", () => {
  const model = createModel();
  model.take(state("assistant"));
  expect(model.returned.value).toBe(false);
  model.take(state("agent"));
  model.take(state("assistant"));
  expect(model.returned.value).toBe(true);
});

test("unread counts what others said after the last look", () => {
  const model = createModel();
  model.readSeq.value = 1;
  [message(1), message(2, "customer"), message(3, "agent")].forEach((each) => model.take(event("message", each)));
  expect(model.unread.value).toBe(1);
});

const config = (customer: string | null = null): Config => ({
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
  method: string;
  path: string;
  body: { id?: string; previous?: { id: string } };
}

/** A server of which each answer is decided by the test; streams stay silent. */
function server(answer: (call: Call) => [number, unknown]): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit = {}) => {
    const path = new URL(url).pathname.replace("/v1/conversations", "");
    if (path.endsWith("/events")) return new Promise(() => undefined);
    const call = { method: init.method ?? "GET", path, body: JSON.parse((init.body as string) ?? "{}") };
    calls.push(call);
    const [status, body] = answer(call);
    return new Response(JSON.stringify(body), { status });
  });
  return calls;
}

const KEY = "yorisoi:http://desk.example";
const settle = () => vi.advanceTimersByTimeAsync(100);

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("words sent into a closed conversation open the next one, which carries the last, under the same id", async () => {
  localStorage.setItem(KEY, JSON.stringify({ id: "old", token: "t", customer: null, read: 0 }));
  const calls = server(({ path, body }) => {
    if (path === "") return [201, { id: "new", token: "u", state: "assistant" }];
    if (path === "/old/messages") return [409, { error: { code: "conversation_closed", message: "" } }];
    return [202, { message: message(1, "customer", body.id) }];
  });
  const session = createSession(config());
  session.send("まだ届きません");
  await settle();
  expect(calls.map((call) => call.path)).toEqual(["/old/messages", "", "/new/messages"]);
  expect(calls[1]!.body.previous!.id).toBe("old");
  expect(calls[2]!.body.id).toBe(calls[0]!.body.id);
  expect(session.outbox.entries.value).toEqual([]);
});

test("two messages at once open one conversation", async () => {
  const calls = server(({ path, body }) =>
    path === "" ? [201, { id: "c", token: "t", state: "assistant" }] : [202, { message: message(1, "customer", body.id), state: "queued" }],
  );
  const session = createSession(config());
  session.send("一");
  void session.askForPerson();
  await settle();
  expect(calls.filter((call) => call.path === "").length).toBe(1);
});

test.each([
  ["an anonymous visitor who logs in keeps the conversation", null, "hanako", true],
  ["the same customer keeps it", "hanako", "hanako", true],
  ["another customer on this browser does not see it", "hanako", "taro", false],
  ["nor does somebody who logged out", "hanako", null, false],
])("%s", async (_, before, now, kept) => {
  localStorage.setItem(KEY, JSON.stringify({ id: "c", token: "t", customer: before, read: 0 }));
  const view = { id: "c", state: "assistant", agent: null, language: "ja", waiting: null, survey: null, closed_at: null, messages: [message(1)] };
  server(() => [200, view]);
  const session = createSession(config(now));
  await session.resume();
  expect(session.messages.value.length).toBe(kept ? 1 : 0);
});

test("a conversation that the server does not know any more is forgotten, an unreachable server is not", async () => {
  localStorage.setItem(KEY, JSON.stringify({ id: "c", token: "t", customer: null, read: 0 }));
  server(() => [503, {}]);
  await createSession(config()).resume();
  expect(localStorage.getItem(KEY)).not.toBeNull();
  server(() => [404, {}]);
  await createSession(config()).resume();
  expect(localStorage.getItem(KEY)).toBeNull();
});
