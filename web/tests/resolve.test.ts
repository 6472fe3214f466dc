import { createElement as h, render } from "preact";
import { afterEach, expect, test, vi } from "vitest";
import { useShortcuts } from "../console/shortcuts";
import { me } from "../console/state/me";
import { detail } from "../console/state/thread";
import { language } from "../console/text";
import type { Detail, Me } from "../console/types";
import { asking } from "../console/views/asking";
import { ResolveDialog } from "../console/views/ResolveDialog";

afterEach(() => {
  asking.value = null;
  render(null, document.body);
});

function open(unanswered: boolean): { warning: string | undefined; button: string | null } {
  asking.value = "resolve";
  render(h(ResolveDialog, { id: "c", unanswered }), document.body);
  const find = (name: string) => document.querySelector(`[data-testid="${name}"]`);
  return { warning: find("resolve-unanswered")?.textContent ?? undefined, button: find("resolve-confirm")!.textContent };
}

test.each([
  ["ja", "まだ返信していません", "返信せずに完了にする", "完了にする"],
  ["en", "Nobody has replied", "Resolve without a reply", "Resolve"],
] as const)("resolving over an unanswered message warns in %s, resolving an answered one does not", (code, says, without, plain) => {
  language.value = code;
  const warned = open(true);
  expect(warned.warning).toContain(says);
  expect(warned.button).toBe(without);
  expect(open(false)).toEqual({ warning: undefined, button: plain });
});

test.each([
  ["customer", "resolve", 0],
  ["agent", null, 1],
] as const)("the shortcut to resolve and go on, after words of the %s, asks %s", async (author, question, calls) => {
  const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ conversation: {} }));
  me.value = { id: "me" } as Me;
  const conversation = { id: "c", state: "agent", agent: { id: "me" } };
  detail.value = { conversation, messages: [{ id: "m", author }], turns: [] } as unknown as Detail;
  const Desk = () => (useShortcuts(), null);
  render(h(Desk, {}), document.body);
  await vi.waitFor(() => {
    fetched.mockClear();
    dispatchEvent(new KeyboardEvent("keydown", { code: "KeyE", altKey: true, ctrlKey: true, cancelable: true }));
    expect([asking.value, fetched.mock.calls.length]).toEqual([question, calls]);
  });
  detail.value = null;
});
