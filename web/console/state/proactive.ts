// What customers said about being written to, and what the rules of notices did.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { get } from "./me";

export type Consents = Schemas["ConsentsOut"];
export type Proactive = Schemas["ProactiveOut"];
export type Rule = Proactive["rules"][number];

/** Of the conversation in view; the id tells whether it still is. */
export const consents = signal<{ conversation: string; found: Consents } | null>(null);
export const proactive = signal<Proactive | null>(null);

export async function loadConsents(conversation: string): Promise<void> {
  const found = await attempt<Consents>(`/conversations/${encodeURIComponent(conversation)}/consents`);
  if (found) consents.value = { conversation, found };
}

export async function loadProactive(): Promise<void> {
  const found = await attempt<Proactive>("/proactive");
  if (found) proactive.value = found;
}

/** Names without one that is switched off, or with one that is switched on. */
export const switchRule = (names: string[], name: string, on: boolean): string[] => [...names.filter((one) => one !== name), ...(on ? [name] : [])].sort();

async function attempt<T>(path: string): Promise<T | null> {
  try {
    return await get<T>(path);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    return null;
  }
}
