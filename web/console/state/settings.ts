// Settings as leads change them: what is in force, what is typed and not saved yet, what it would do.
import { computed, signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { settingsText } from "../text/settings";
import { explain } from "./articles";
import { get, post } from "./me";
import { say } from "./toast";

export type Change = Schemas["SettingChangeOut"];
type Setting = Schemas["SettingOut"];
export type Sentence = Schemas["SentenceOut"];
export type Settings = Schemas["SettingsOut"];
export type Replay = Schemas["ReplayOut"];
export type HoursTold = Schemas["HoursOut"];

export const settings = signal<Settings | null>(null);
/** Typed and not saved: key -> value, null to reset. */
export const pending = signal<Record<string, unknown>>({});
export const problem = signal("");
export const busy = signal(false);
export const pendingCount = computed(() => Object.keys(pending.value).length);

export const find = (key: string): Setting | undefined => settings.value?.settings.find((one) => one.key === key);
export const findSentence = (key: string): Sentence | undefined => settings.value?.sentences.find((one) => one.key === key);

/** What will be in force once it is saved. */
export function valueOf<T>(key: string): T {
  if (!(key in pending.value)) return (find(key)?.value ?? null) as T;
  return (pending.value[key] ?? find(key)?.default ?? null) as T;
}

export function wordingsOf(sentence: Sentence): string[] {
  if (!(sentence.key in pending.value)) return sentence.wordings;
  return (pending.value[sentence.key] as string[] | null) ?? sentence.default;
}

export function change(key: string, value: unknown): void {
  pending.value = { ...pending.value, [key]: value };
  problem.value = "";
}

export function discard(): void {
  pending.value = {};
  problem.value = "";
}

export async function loadSettings(): Promise<void> {
  try {
    settings.value = await get<Settings>("/settings");
  } catch (failure) {
    problem.value = explain(failure);
  }
}

const baseOf = (key: string): number => (key.startsWith("sentence.") ? findSentence(key) : find(key))?.change?.id ?? 0;

export async function save(): Promise<void> {
  busy.value = true;
  try {
    const changes = Object.entries(pending.value).map(([key, value]) => ({ key, value, base: baseOf(key) }));
    settings.value = await post<Settings>("/settings", { changes });
    discard();
    say(settingsText().saved);
  } catch (failure) {
    problem.value = failure instanceof ApiError && failure.code === "setting_changed" ? settingsText().conflict(String(failure.body.by)) : explain(failure);
    // What the colleague chose is shown beside what is typed here, which stays.
    if (failure instanceof ApiError && failure.status === 409) await loadSettings();
  } finally {
    busy.value = false;
  }
}

async function tried<T>(path: string, changes: Record<string, unknown>): Promise<T | null> {
  try {
    return await post<T>(path, { changes }, 60_000);
  } catch (failure) {
    problem.value = explain(failure);
    return null;
  }
}

const only = (prefix: string) => Object.fromEntries(Object.entries(pending.value).filter(([key]) => key.startsWith(prefix)));
export const replay = () => tried<Replay>("/settings/replay", only("policy."));
export const previewHours = () => tried<HoursTold>("/settings/hours", only("policy.hours"));
