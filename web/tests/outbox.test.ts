import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../shared/http";
import { LEFT, type Unsent, createOutbox } from "../shared/outbox";

const entry = (id: string): Unsent => ({ id, text: id, at: "2026-11-01T00:00:00Z", failed: null, why: null });
const by = (owner: string, id: string): Unsent => ({ ...entry(id), owner });
const stored = () => JSON.parse(localStorage.getItem("box") ?? "[]") as Unsent[];

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});

test("a message is in storage before it is sent and gone once it arrived", async () => {
  let before: Unsent[] = [];
  const box = createOutbox<Unsent>("box", async () => void (before = stored()));
  box.add(entry("a"));
  await vi.advanceTimersByTimeAsync(0);
  expect(before.map((each) => each.id)).toEqual(["a"]);
  expect(stored()).toEqual([]);
});

test("a lost network is retried with the same id, in order, and nothing overtakes", async () => {
  const tried: string[] = [];
  let up = false;
  const box = createOutbox<Unsent>("box", async ({ id }) => {
    tried.push(id);
    if (!up) throw new ApiError(0);
  });
  box.add(entry("a"));
  box.add(entry("b"));
  await vi.advanceTimersByTimeAsync(1_500);
  expect(new Set(tried)).toEqual(new Set(["a"]));
  up = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(tried.slice(-2)).toEqual(["a", "b"]);
  expect(stored()).toEqual([]);
});

test("after five tries everything is marked unsent, and waking sends it all", async () => {
  let tries = 0;
  let up = false;
  const box = createOutbox<Unsent>("box", async () => {
    tries++;
    if (!up) throw new ApiError(503);
  });
  box.add(entry("a"));
  box.add(entry("b"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tries).toBe(5);
  expect(box.entries.value.map((each) => each.failed)).toEqual(["offline", "offline"]);
  up = true;
  box.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(box.entries.value).toEqual([]);
});

test("a refused message stays with its reason and does not hold up the next", async () => {
  const box = createOutbox<Unsent>("box", async ({ id }) => {
    if (id === "a") throw new ApiError(413, { code: "too_large" });
  });
  box.add(entry("a"));
  box.add(entry("b"));
  await vi.advanceTimersByTimeAsync(0);
  expect(stored()).toEqual([{ ...entry("a"), failed: "refused", why: "too_large" }]);
});

test("it waits as long as the server asks", async () => {
  let tries = 0;
  const box = createOutbox<Unsent>("box", async () => {
    if (!tries++) throw new ApiError(429, {}, 7);
  });
  box.add(entry("a"));
  await vi.advanceTimersByTimeAsync(6_900);
  expect(tries).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(tries).toBe(2);
});

test("what a closed page left behind is sent by the next one", async () => {
  localStorage.setItem("box", JSON.stringify([entry("left")]));
  const sent: string[] = [];
  createOutbox<Unsent>("box", async ({ id }) => void sent.push(id)).wake();
  await vi.advanceTimersByTimeAsync(0);
  expect(sent).toEqual(["left"]);
});

test("somebody who watches the entries and wakes the box loses nothing", async () => {
  const box = createOutbox<Unsent>("box", () => new Promise(() => undefined));
  box.entries.subscribe(() => box.wake());
  box.add(entry("a"));
  expect(stored().map((each) => each.id)).toEqual(["a"]);
});

test("what somebody else left unsent is neither shown nor sent, and goes out when they are back", async () => {
  localStorage.setItem("box", JSON.stringify([by("alice", "a"), by("bob", "b")]));
  let me = "bob";
  const sent: string[] = [];
  const box = createOutbox<Unsent>("box", async ({ id }) => void sent.push(id), (each) => each.owner === me);
  expect(box.entries.value.map((each) => each.id)).toEqual(["b"]);
  box.wake();
  await vi.advanceTimersByTimeAsync(0);
  expect([sent, stored().map((each) => each.id)]).toEqual([["b"], ["a"]]);
  me = "alice";
  box.reload();
  await vi.advanceTimersByTimeAsync(0);
  expect([sent, stored()]).toEqual([["b", "a"], []]);
});

test("a message whose writer leaves between two tries is not tried again, and not marked by the next one's trouble", async () => {
  let me = "alice";
  const tried: string[] = [];
  const box = createOutbox<Unsent>("box", async ({ id }) => {
    tried.push(id);
    throw new ApiError(0);
  }, (each) => each.owner === me);
  box.add(by("alice", "a"));
  await vi.advanceTimersByTimeAsync(10);
  me = "bob";
  box.reload();
  box.add(by("bob", "b"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(tried).toEqual(["a", ...Array(5).fill("b")]);
  expect(stored().map((each) => each.failed)).toEqual([null, "offline"]);
});

test("a send that found its writer gone leaves the message as it was", async () => {
  let me = "alice";
  const box = createOutbox<Unsent>("box", async () => {
    me = "bob";
    box.reload();
    throw LEFT;
  }, (each) => each.owner === me);
  box.add(by("alice", "a"));
  await vi.advanceTimersByTimeAsync(0);
  expect([box.entries.value, stored()]).toEqual([[], [by("alice", "a")]]);
});

test("in the console a colleague who signs in after a reload does not send the first one's words", async () => {
  localStorage.setItem("yorisoi:console:unsent", JSON.stringify([{ ...by("mori", "a"), conversation: "c", private: false }]));
  const fetched = vi.fn((_url: string) => new Promise(() => undefined));
  const sent = () => fetched.mock.calls.filter(([url]) => url.endsWith("/messages")).length;
  vi.stubGlobal("fetch", fetched);
  const { enter, me, standing } = await import("../console/state/me");
  const { outbox } = await import("../console/state/writing");
  const signIn = (id: string) => enter({ agent: { id, name: id }, csrf: "" } as never);
  signIn("sato");
  await vi.advanceTimersByTimeAsync(10);
  expect([outbox.entries.value, sent()]).toEqual([[], 0]);
  standing.value = "out";
  me.value = null;
  signIn("mori");
  await vi.advanceTimersByTimeAsync(10);
  expect([outbox.entries.value.length, sent()]).toEqual([1, 1]);
  vi.unstubAllGlobals();
});
