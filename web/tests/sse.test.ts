import { afterEach, expect, test, vi } from "vitest";
import { type ServerEvent, eventParser, openStream } from "../shared/sse";

function parsed(...pieces: string[]): ServerEvent[] {
  const events: ServerEvent[] = [];
  const feed = eventParser((event) => events.push(event));
  pieces.forEach(feed);
  return events;
}

test.each([
  ["a whole event", ["event: message\nid: 7\ndata: {}\n\n"], [{ event: "message", data: "{}", id: "7" }]],
  ["an event cut anywhere", ["eve", "nt: delta\nda", "ta: 返品", "は\n", "\n"], [{ event: "delta", data: "返品は", id: null }]],
  ["several lines of data", ["data: a\ndata: b\n\n"], [{ event: "message", data: "a\nb", id: null }]],
  ["CRLF, cut between CR and LF", ["data: a\r", "\n\r", "\n"], [{ event: "message", data: "a", id: null }]],
  ["comments and an event without data", [": ping\n\n", "event: x\n\n", "data: 1\n\n"], [{ event: "message", data: "1", id: null }]],
  ["no blank line yet", ["data: waits\n"], []],
  ["an id only for its own event", ["id: 3\ndata: a\n\ndata: b\n\n"], [{ event: "message", data: "a", id: "3" }, { event: "message", data: "b", id: null }]],
])("the parser reads %s", (_, pieces, expected) => {
  expect(parsed(...pieces)).toEqual(expected);
});

const body = (text: string) => new Response(text, { status: 200, headers: { "Content-Type": "text/event-stream" } });

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function stream(answers: (() => Promise<Response>)[], seen: string[], refused: number[] = []) {
  const asked: (string | null)[] = [];
  let last: string | null = null;
  vi.stubGlobal("fetch", (_: string, init: RequestInit) => {
    asked.push(new Headers(init.headers).get("Last-Event-ID"));
    return (answers.shift() ?? (() => new Promise<Response>(() => undefined)))();
  });
  const opened = openStream({
    url: "/events",
    headers: () => ({ Authorization: "Bearer t" }),
    lastId: () => last,
    on: ({ data, id }) => {
      if (id) last = id;
      seen.push(data);
    },
    onUp: () => undefined,
    onRefused: (status) => refused.push(status),
  });
  return { asked, opened };
}

test("after a broken connection it resumes from the last id it saw", async () => {
  vi.useFakeTimers();
  const seen: string[] = [];
  const { asked, opened } = stream([async () => body("id: 1\ndata: one\n\n"), async () => body("id: 2\ndata: two\n\n")], seen);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(seen).toEqual(["one", "two"]);
  expect(asked).toEqual([null, "1", "2"]);
  opened.close();
});

test("it waits longer after each failure and at once when woken", async () => {
  vi.useFakeTimers();
  const down = async () => new Response("", { status: 503 });
  const { asked, opened } = stream([down, down, down, down, down, down], []);
  await vi.advanceTimersByTimeAsync(8_000);
  const tries = asked.length;
  expect(tries).toBeGreaterThan(2);
  expect(tries).toBeLessThan(6);
  opened.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked.length).toBe(tries + 1);
  opened.close();
});

test("a refusal is final", async () => {
  vi.useFakeTimers();
  const refused: number[] = [];
  const { asked } = stream([async () => new Response("", { status: 404 })], [], refused);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refused).toEqual([404]);
  expect(asked.length).toBe(1);
});
