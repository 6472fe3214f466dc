// What ended conversations tell, as the API computes it, and what leads and agents do about it.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { language, text } from "../text";
import { insightText } from "../text/insight";
import { get, post } from "./me";
import { say } from "./toast";

export type Report = Schemas["ReportOut"];
export type Rate = Schemas["RateOut"];
export type Score = Schemas["ScoreOut"];
export type ThemeRow = Schemas["ThemeRowOut"];
export type GapRow = Schemas["GapRowOut"];
export type Gap = Schemas["GapOut"];
export type Case = Schemas["CaseOut"];
export type Ended = Schemas["EndedConversationsOut"];
export type Live = Schemas["LiveOut"];
export type Group = Schemas["GroupOut"];
export const DIMENSIONS = ["channel", "language", "theme", "reason", "agent"] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What the whole page is about; the address of every call is made of it. A first day takes the place of *days*. */
export const filter = signal({ days: "28", from: "", to: "", channel: "", language: "", theme: "", reason: "", agent: "" });
/** Whether the range before stands beside it. */
export const comparing = signal(false);
export const live = signal<Live | null>(null);
export const report = signal<Report | null>(null);
export const themes = signal<Schemas["ThemesOut"] | null>(null);
export const gaps = signal<GapRow[] | null>(null);
export const cases = signal<Case[] | null>(null);
/** Cases in one state; empty: those that somebody has something to do for. */
export const caseState = signal("");
/** Conversations behind a figure: its name and the rest of the filter. */
export const drill = signal<{ name: string; query: Record<string, string>; found: Ended | null } | null>(null);
export const broken = signal(false);

const API = "/insight";

/** The day after *day*: a range ends before it. */
export function nextDay(day: string): string {
  return new Date(new Date(`${day}T00:00Z`).getTime() + 86_400_000).toISOString().slice(0, 10);
}

/** The filter as a query; what is empty is left out, and the last day of a range belongs to it. */
export function asQuery(more: Record<string, string> = {}): string {
  const { from, to, days, ...others } = filter.value;
  const range: Record<string, string> = from ? { from, to: to && nextDay(to) } : { days };
  // A day of its own takes the place of the range.
  const all: Record<string, string> = { ...(more.from ? {} : range), ...others, ...more };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value)).toString();
}

const compared = (): Record<string, string> => (comparing.value ? { compare: "true" } : {});
export const csvAddress = (): string => `/v1/agent${API}/conversations.csv?${asQuery()}`;
export const fileAddress = (kind: "csv" | "xlsx"): string => `/v1/agent${API}/report.${kind}?${asQuery({ ...compared(), lang: language.value === "ja" ? "ja" : "en" })}`;
export const monthlyAddress = (): string => `/reports/monthly?lang=${language.value === "ja" ? "ja" : "en"}`;

async function fetched<T>(path: string): Promise<T | null> {
  try {
    const answer = await get<T>(API + path);
    broken.value = false;
    return answer;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    broken.value = true;
    return null;
  }
}

export async function loadReport(): Promise<void> {
  const asked = filter.value;
  const [numbers, found] = await Promise.all([fetched<Report>(`/report?${asQuery(compared())}`), fetched<Schemas["ThemesOut"]>(`/themes?days=${asked.days}`)]);
  // Something else was asked for meanwhile.
  if (filter.value !== asked) return;
  if (numbers) report.value = numbers;
  if (found) themes.value = found;
}

export async function loadLive(): Promise<void> {
  const found = await fetched<Live>("/live");
  if (found) live.value = found;
}

export async function loadGaps(): Promise<void> {
  const found = await fetched<Schemas["GapsOut"]>("/gaps");
  if (found) gaps.value = found.gaps;
}

export async function loadCases(): Promise<void> {
  const asked = caseState.value;
  const found = await fetched<Schemas["CasesOut"]>(`/cases${asked && `?state=${asked}`}`);
  if (caseState.value !== asked) return;
  if (found) cases.value = found.cases;
}

export const loadGap = (id: string): Promise<Gap | null> => fetched<Gap>(`/gaps/${encodeURIComponent(id)}`);

export function compare(on: boolean): void {
  comparing.value = on;
  void loadReport();
}

export function narrow(change: Partial<typeof filter.value>): void {
  filter.value = { ...filter.value, ...change };
  drill.value = null;
  void loadReport();
}

/** Shows the conversations behind a figure, by the filter that made it. */
export async function showConversations(name: string, query: Record<string, string>): Promise<void> {
  const wanted = { name, query, found: null };
  drill.value = wanted;
  const found = await fetched<Ended>(`/conversations?${asQuery(query)}`);
  if (drill.value === wanted) drill.value = found && { ...wanted, found };
}

async function changed(path: string, body: unknown, again: () => Promise<void>): Promise<boolean> {
  const words = insightText();
  try {
    await post(API + path, body);
    say(words.saved);
    await again();
    return true;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const why = words.blocked[String(problem.body.why ?? "")];
    say(why ?? (problem.status === 0 ? text().unreachable : problem.status === 409 ? words.stale : words.failed), true);
    if (problem.status === 409) await again();
    return false;
  }
}

export const changeTheme = (id: string, body: object): Promise<boolean> => changed(`/themes/${encodeURIComponent(id)}`, body, loadReport);
export const mergeTheme = (id: string, into: string): Promise<boolean> => changed(`/themes/${encodeURIComponent(id)}/merge`, { into }, loadReport);
export const changeGap = (id: string, body: object): Promise<boolean> => changed(`/gaps/${encodeURIComponent(id)}`, body, loadGaps);
export const changeCase = (id: string, body: object): Promise<boolean> => changed(`/cases/${encodeURIComponent(id)}`, body, loadCases);
