// Asking to be called while waiting for a person.
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../shared/http";
import { formatSlot } from "../widget/CallForm";
import { ChatContext } from "../widget/context";
import { createModel } from "../widget/model";
import { Status } from "../widget/Status";

const slot = (hour: number) => ({ slot_from: `2026-12-01T0${hour}:00:00Z`, slot_to: `2026-12-01T0${hour + 1}:00:00Z` });
const page = document.createElement("div");
const find = <T extends HTMLElement>(name: string) => page.querySelector<T>(`[data-testid=widget-${name}]`);
const settle = () => vi.advanceTimersByTimeAsync(200);

function show(calls: { slots: unknown[]; planned: unknown }, askForCall = vi.fn()) {
  const session = { ...createModel(), connected: signal(true), calls: vi.fn(async () => calls), askForCall };
  const chat = { session, config: { language: signal("en") }, welcome: signal(null), open: signal(true) };
  render(h(ChatContext.Provider, { value: chat as never, children: h(Status, {}) }), page);
  session.state.value = "queued";
  return session;
}

beforeEach(() => {
  vi.useFakeTimers();
  document.body.append(page);
});
afterEach(() => {
  render(null, page);
  vi.useRealTimers();
});

test.each([
  ["no times: no button", { slots: [], planned: null }, false, ""],
  ["times: a button", { slots: [slot(5)], planned: null }, true, ""],
  ["a call that is agreed on is shown instead", { slots: [slot(5)], planned: slot(6) }, false, "We will call you: "],
])("%s", async (_, calls, offered, said) => {
  show(calls);
  await settle();
  expect(!!find("call")).toBe(offered);
  expect(find("call-planned")?.textContent ?? "").toContain(said);
});

test("a time is said as people of each language say it", () => {
  const local = { slot_from: "2026-12-01T14:00:00", slot_to: "2026-12-01T15:00:00" };
  expect(formatSlot(local, "ja")).toBe("12月1日(火) 14:00–15:00");
  expect(formatSlot(local, "en")).toMatch(/^Tue, Dec 1, 2:00\sPM–3:00\sPM$/);
});

test("the form takes the focus, sends time, number and topic, and is gone", async () => {
  const session = show({ slots: [slot(5), slot(6)], planned: null }, vi.fn(async () => slot(6)));
  await settle();
  find("call")!.click();
  await settle();
  expect(document.activeElement).toBe(find("call-time"));
  find<HTMLSelectElement>("call-time")!.value = slot(6).slot_from;
  find<HTMLInputElement>("call-number")!.value = "03-1234-5678";
  find<HTMLInputElement>("call-topic")!.value = "Refund";
  find<HTMLFormElement>("call-form")!.requestSubmit();
  await settle();
  expect(session.askForCall).toHaveBeenCalledWith({ slot_from: slot(6).slot_from, number: "03-1234-5678", topic: "Refund" });
  expect(find("call-form")).toBeNull();
  expect(find("call-planned")).not.toBeNull();
});

test.each([
  [{ field: "number" }, 422, "phone number"],
  [{ field: "slot" }, 422, "no longer free"],
  [{}, 503, "did not get through"],
])("a refusal with %o says what to do, and what was written stays", async (body, status, said) => {
  const session = show({ slots: [slot(5)], planned: null }, vi.fn().mockRejectedValue(new ApiError(status, body)));
  await settle();
  find("call")!.click();
  await settle();
  find<HTMLInputElement>("call-number")!.value = "110";
  find<HTMLFormElement>("call-form")!.requestSubmit();
  await settle();
  expect(find("call-problem")!.textContent).toContain(said);
  expect(find<HTMLInputElement>("call-number")!.value).toBe("110");
  expect(session.calls).toHaveBeenCalledTimes(2);
});
