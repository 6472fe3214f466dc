// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { ChatContext } from "../widget/context";
import { SurveyCard } from "../widget/SurveyCard";

const feedback = vi.fn(async () => undefined);

async function show(kind: string, numbers: number[], ends: { low: string; high: string } | null): Promise<void> {
  const options = numbers.map((value) => ({ value, label: String(value) }));
  const session = { survey: signal({ kind, question: "Q?", options, ends }), state: signal("closed"), feedback };
  const chat = { session, config: { language: signal("en") }, welcome: signal(null) };
  await act(() => render(h(ChatContext.Provider, { value: chat as never, children: h(SurveyCard, {}) }), document.body));
}

afterEach(() => render(null, document.body));

test("a recommendation is a group of numbers, its ends named on screen and read out, no faces", async () => {
  await show("nps", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], { low: "Not at all", high: "Very" });
  const radios = [...document.querySelectorAll<HTMLInputElement>("fieldset input[type=radio]")];
  expect(radios.map((radio) => radio.labels?.[0]?.textContent)).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
  expect(new Set(radios.map((radio) => radio.name)).size).toBe(1);
  expect([radios[0]?.getAttribute("aria-label"), radios[10]?.getAttribute("aria-label")]).toEqual(["0: Not at all", "10: Very"]);
  expect(document.querySelector(".ends")?.textContent).toBe("0: Not at all10: Very");
  expect(document.querySelector("svg")).toBeNull();
});

test("zero is an answer", async () => {
  await show("nps", [0, 1, 2], { low: "Not at all", high: "Very" });
  await act(() => document.querySelector<HTMLInputElement>("input[type=radio]")?.click());
  await act(async () => document.querySelector<HTMLButtonElement>("[data-testid=widget-survey-send]")?.click());
  expect(feedback).toHaveBeenCalledWith({ kind: "nps", value: 0 });
});

test("satisfaction keeps its faces", async () => {
  await show("csat", [1, 2, 3, 4, 5], null);
  expect(document.querySelectorAll(".faces svg")).toHaveLength(5);
});
