import { signal } from "@preact/signals";
import { expect, test, vi } from "vitest";
import type { Message } from "../shared/types";
import { takeCommands } from "../widget/commands";
import type { Chat } from "../widget/context";
import { createModel } from "../widget/model";
import { fillWords } from "../widget/text";

function chat() {
  const model = createModel();
  const session = { ...model, send: vi.fn(), forget: vi.fn(), switchCustomer: vi.fn() };
  const config = { customer: null as { id: string } | null };
  return { open: signal(false), session, config } as unknown as Chat & { session: typeof session };
}

test("what the page called before the script was there is done in order", () => {
  const target = { yorisoi: Object.assign(() => undefined, { q: [["identify", { id: "c-1" }], ["open"], ["send", "返品したい"]] }) };
  const one = chat();
  takeCommands(one, target);
  expect([one.config.customer, one.open.value]).toEqual([{ id: "c-1" }, true]);
  expect(one.session.switchCustomer).toHaveBeenCalledOnce();
  expect(one.session.send).toHaveBeenCalledWith("返品したい");
});

test("logging out forgets the conversation", () => {
  const target: { yorisoi?: (...call: unknown[]) => void } = {};
  const one = chat();
  takeCommands(one, target);
  target.yorisoi!("identify", { id: "c-1" });
  target.yorisoi!("logout");
  expect(one.config.customer).toBeNull();
  expect(one.session.forget).toHaveBeenCalledOnce();
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

test("a wrong call breaks nothing", () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const target: { yorisoi?: (...call: unknown[]) => void } = {};
  takeCommands(chat(), target);
  target.yorisoi!("explode");
  target.yorisoi!("on", "nothing", () => undefined);
  expect(warn).toHaveBeenCalledTimes(2);
});

test("the words of a further language are filled in, and English where one is missing", () => {
  const words = fillWords({ open: "채팅 열기", unread: "읽지 않은 메시지 {}개" });
  expect([words.open, words.unread(2), words.send]).toEqual(["채팅 열기", "읽지 않은 메시지 2개", "Send"]);
});
