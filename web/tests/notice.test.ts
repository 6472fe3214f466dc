// A notice that asks something: its answers are buttons as long as nothing was said after it.
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { afterEach, expect, test, vi } from "vitest";
import type { Message } from "../shared/types";
import { Bubble } from "../widget/Bubble";
import { ChatContext } from "../widget/context";

const question = {
  id: "m1",
  author: "system",
  kind: "notice",
  html: "<p>May we?</p>",
  lang: "en",
  citations: [],
  buttons: [
    { label: "Yes, please", value: "Yes, please" },
    { label: "No, thank you", value: "No, thank you" },
  ],
} as unknown as Message;
const send = vi.fn();

function show(last: boolean): HTMLButtonElement[] {
  const chat = { session: { send }, config: { origin: "", language: signal("en") }, welcome: signal(null) };
  render(h(ChatContext.Provider, { value: chat as never, children: h(Bubble, { message: question, before: undefined, last }) }), document.body);
  return [...document.querySelectorAll<HTMLButtonElement>("[data-testid=widget-choice]")];
}

afterEach(() => render(null, document.body));

test("one tap answers what a notice asks, in the customer's words", () => {
  const buttons = show(true);
  expect(buttons.map((button) => button.textContent)).toEqual(["Yes, please", "No, thank you"]);
  buttons[1]!.click();
  expect(send).toHaveBeenCalledWith("No, thank you");
});

test("an old question has no buttons any more", () => {
  expect(show(false)).toEqual([]);
});
