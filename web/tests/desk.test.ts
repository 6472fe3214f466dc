import { expect, test } from "vitest";
import { listOf, tabOf } from "../console/state/order";
import { isUnanswered, placed } from "../console/state/thread";
import type { AgentMessage, Row, Turn } from "../console/types";
import { inkOn } from "../widget/accent";

const row = (over: Partial<Row>): Row =>
  ({ id: "c", state: "queued", priority: "normal", agent: null, waiting_since: null, updated_at: "2026-11-01T00:00:00Z", ...over }) as Row;

test("the queue is sorted by priority, then by who has waited longest", () => {
  const rows = [
    row({ id: "late", waiting_since: "2026-11-01T00:05:00Z" }),
    row({ id: "early", waiting_since: "2026-11-01T00:01:00Z" }),
    row({ id: "urgent", priority: "urgent", waiting_since: "2026-11-01T00:09:00Z" }),
    row({ id: "idle" }),
  ];
  expect(listOf(rows, "queued", "me").map((each) => each.id)).toEqual(["urgent", "early", "late", "idle"]);
});

test.each([
  [{ state: "agent", agent: { id: "me", name: "私" } }, "mine"],
  [{ state: "agent", agent: { id: "other", name: "田中" } }, "team"],
  [{ state: "queued" }, "queued"],
  [{ state: "closed" }, "closed"],
] as const)("%o stands in %s", (over, tab) => {
  expect(tabOf(row(over), "me")).toBe(tab);
});

const message = (id: string, seq: number, text = ""): AgentMessage => ({ id, seq, text }) as AgentMessage;

test("a message takes its place by seq, a note after the message it follows, a known one is replaced", () => {
  const list = [message("a", 1), message("c", 3)];
  expect(placed(list, message("b", 2)).map((each) => each.id)).toEqual(["a", "b", "c"]);
  expect(placed(list, message("note", 1)).map((each) => each.id)).toEqual(["a", "note", "c"]);
  expect(placed(list, message("a", 1, "new"))[0]!.text).toBe("new");
});

const customer = { id: "c", author: "customer" };
const agent = { id: "a", author: "agent" };
const note = { id: "n", author: "agent", private: true };
const joined = { id: "s", author: "system" };
const handover = { id: "h", author: "assistant" };
const reply = { id: "r", author: "assistant" };

test.each([
  ["nobody wrote", [joined], false],
  ["the customer wrote last", [customer, agent, customer], true],
  ["an agent replied", [customer, agent, joined], false],
  ["the assistant replied", [customer, reply, joined], false],
  ["a private note is no reply", [customer, note], true],
  ["that a person comes, and who joined, is no reply", [customer, handover, joined], true],
])("unanswered: %s", (_, messages, unanswered) => {
  const turns = [{ reply_id: "r", decision: "answer" }, { reply_id: "h", decision: "handoff" }] as Turn[];
  expect(isUnanswered({ messages: messages as AgentMessage[], turns })).toBe(unanswered);
});

test.each([
  [[29, 90, 72], "#ffffff"],
  [[255, 214, 0], "#101613"],
  [[255, 255, 255], "#101613"],
])("on %o the words are %s", ([red, green, blue], ink) => {
  expect(inkOn(red!, green!, blue!)).toBe(ink);
});
