import { signal } from "@preact/signals";
import { afterEach, expect, test, vi } from "vitest";
import type { Message } from "../shared/types";
import { takeCommands } from "../widget/commands";
import type { Chat } from "../widget/context";
import { createModel } from "../widget/model";
import { fillWords } from "../widget/outside";
import { text } from "../widget/text";

afterEach(() => vi.restoreAllMocks());

function chat() {
  const model = createModel();
  const session = { ...model, send: vi.fn(), logout: vi.fn(), identify: vi.fn(), tellAttributes: vi.fn() };
  return { open: signal(false), session } as unknown as Chat & { session: typeof session };
}

test("what the page called before the script was there is done in order", () => {
  const target = { yorisoi: Object.assign(() => undefined, { q: [["identify", { id: "c-1" }], ["attributes", { plan: "pro" }], ["open"], ["send", "返品したい"]] }) };
  const one = chat();
  takeCommands(one, target);
  expect(one.open.value).toBe(true);
  expect(one.session.identify).toHaveBeenCalledWith({ id: "c-1" });
  expect(one.session.tellAttributes).toHaveBeenCalledWith({ plan: "pro" });
  expect(one.session.send).toHaveBeenCalledWith("返品したい");
});

test("a page hears of openings, messages, unread ones and states, from now on", () => {
  const target: { yorisoi?: (...call: unknown[]) => void } = {};
  const one = chat();
  takeCommands(one, target);
  const heard: unknown[] = [];
  for (const name of ["open", "close", "message", "unread", "state"]) target.yorisoi!("on", name, (detail: unknown) => heard.push([name, detail]));
  expect(heard).toEqual([]);
  target.yorisoi!("open");
  target.yorisoi!("close");
  const said = { id: "m", seq: 1, author: "agent", text: "はい", html: "<b>はい</b>" } as Message;
  one.session.take({ event: "message", data: JSON.stringify(said), id: null });
  one.session.state.value = "agent";
  expect(heard).toEqual([
    ["open", undefined], ["close", undefined], ["unread", 1], ["message", { author: "agent", text: "はい" }], ["state", "agent"],
  ]);
});

test("a listener of the page's that fails takes nobody else down", () => {
  vi.spyOn(console, "warn").mockReturnValue();
  const target: { yorisoi?: (...call: unknown[]) => void } = {};
  takeCommands(chat(), target);
  const heard = vi.fn();
  target.yorisoi!("on", "open", () => {
    throw new Error("the page's own");
  });
  target.yorisoi!("on", "open", heard);
  target.yorisoi!("open");
  expect(heard).toHaveBeenCalledOnce();
});

test("a wrong call breaks nothing", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const target: { yorisoi?: (...call: unknown[]) => void } = {};
  takeCommands(chat(), target);
  target.yorisoi!("explode");
  target.yorisoi!("on", "nothing", () => undefined);
  expect(warn).toHaveBeenCalledTimes(2);
});

test("the words of a further language are filled in, and English where one is missing", () => {
  const words = fillWords(text.en, { open: "채팅 열기", unread: "읽지 않은 메시지 {}개" });
  expect([words.open, words.unread(2), words.send]).toEqual(["채팅 열기", "읽지 않은 메시지 2개", "Send"]);
});
