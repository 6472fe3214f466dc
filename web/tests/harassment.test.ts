// @vitest-environment happy-dom
import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test, vi } from "vitest";
import { me } from "../console/state/me";
import { language } from "../console/text";
import type { Detail, Me } from "../console/types";
import { asking } from "../console/views/asking";
import { HarassmentBar } from "../console/views/HarassmentBar";

afterEach(() => {
  asking.value = null;
  render(null, document.body);
  vi.restoreAllMocks();
});

const find = (name: string) => document.querySelector<HTMLElement>(`[data-testid="${name}"]`);

async function show(owner: string, harassment: Detail["harassment"], warnings = 0): Promise<void> {
  language.value = "en";
  me.value = { id: "me" } as Me;
  const messages = Array.from({ length: warnings }, (_, at) => ({ id: `w${at}`, warning: true }));
  const shown = { conversation: { id: "c", state: "agent", agent: { id: owner } }, messages, turns: [], harassment };
  await act(() => render(h(HarassmentBar, { shown: shown as unknown as Detail }), document.body));
}

test("there is nothing to do where nothing harassed", async () => {
  await show("me", null);
  expect(find("harassment-bar")).toBeNull();
});

test("whoever has it reads the warning before it is sent", async () => {
  const fetched = vi.spyOn(globalThis, "fetch").mockResolvedValue(Response.json({ message: { id: "m", seq: 1 } }));
  await show("me", { messages: ["a", "b"], warning: "Please stop." }, 1);
  expect(find("harassment-bar")!.textContent).toContain("2 messages may be harassment. One warning has been sent.");
  await act(() => find("warn")!.click());
  expect(find("warning-text")!.textContent).toBe("Please stop.");
  expect(fetched).not.toHaveBeenCalled();
  await act(() => find("send-warning")!.click());
  expect(fetched.mock.calls[0]![0]).toBe("/v1/agent/conversations/c/warning");
  expect(asking.value).toBeNull();
});

test("who does not have it may only save the evidence, as the server's bytes under its name", async () => {
  const bytes = '{"content":{"score":1.0},"sha256":"x"}';
  const headers = { "Content-Disposition": 'attachment; filename="harassment-1.json"' };
  vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response(bytes, { headers }));
  const saved: [string, Blob][] = [];
  const kept = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:evidence");
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
    saved.push([this.download, kept.mock.calls[0]![0] as Blob]);
  });
  await show("somebody else", { messages: ["a"], warning: "Please stop." });
  expect(find("warn")).toBeNull();
  await act(() => find("save-evidence")!.click());
  await vi.waitFor(() => expect(saved).toHaveLength(1));
  expect([saved[0]![0], await saved[0]![1].text()]).toEqual(["harassment-1.json", bytes]);
});
