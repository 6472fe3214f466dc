// What can be done for the customer in view, and what became of it.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { toolText } from "../text/tools";
import { get, post } from "./me";
import { reload } from "./thread";

export type Tool = Schemas["ToolOut"];
export type ToolRun = Schemas["ToolRunOut"];
export type Authority = Schemas["Authority"];

/** null: not loaded yet. */
export const tools = signal<Tool[] | null>(null);

export async function loadTools(): Promise<void> {
  if (tools.value) return;
  tools.value = (await get<Schemas["ToolListOut"]>("/tools").catch(() => null))?.tools ?? null;
}

/** What came of it, or in words why nothing did. */
async function send<T>(path: string, body: unknown): Promise<T | string> {
  const words = toolText();
  try {
    const done = await post<T>(path, body);
    await reload().catch(() => undefined);
    return done;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return words.problems[problem.status] ?? words.failed;
  }
}

export const runTool = (conversation: string, tool: string, values: Record<string, string>, authority: Authority): Promise<ToolRun | string> =>
  send<ToolRun>(`/conversations/${conversation}/tools/${tool}`, { arguments: values, authority });

export async function answerProposal(conversation: string, proposal: string, answer: "yes" | "no"): Promise<string | null> {
  const done = await send<unknown>(`/conversations/${conversation}/proposals/${proposal}`, { answer });
  return typeof done === "string" ? done : null;
}
