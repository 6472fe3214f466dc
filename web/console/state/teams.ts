// Teams, how much each agent is given and when, and when they were at the desk.
import { signal } from "@preact/signals";
import type { Schemas } from "../../shared/types";
import { teamsText } from "../text/teams";
import type { DeskAgent } from "../types";
import { explain } from "./articles";
import { get, post, remove } from "./me";
import { loadTags } from "./search";
import { say } from "./toast";

export type Team = Schemas["TeamOut"];
export type Interval = Schemas["PresenceOut"];
type Found = Schemas["TeamsOut"];
export type Work = Schemas["WorkIn"];

const DAY_MS = 86_400_000;

export const teams = signal<Team[]>([]);
export const deskAgents = signal<DeskAgent[]>([]);
export const presence = signal<Interval[]>([]);

function take(found: Found): void {
  teams.value = found.teams;
  deskAgents.value = found.agents;
}

async function attempt<T>(work: () => Promise<T>, done?: string): Promise<T | null> {
  try {
    const found = await work();
    if (done) say(done);
    return found;
  } catch (problem) {
    say(explain(problem), true);
    return null;
  }
}

const fetchTeams = async (): Promise<void> => take(await get<Found>("/teams"));

export async function loadTeams(): Promise<void> {
  await attempt(async () => {
    await fetchTeams();
    presence.value = (await get<Schemas["PresenceListOut"]>("/presence")).intervals;
  });
}

export async function saveTeam({ id, ...team }: Omit<Team, "id"> & { id: string | null }): Promise<boolean> {
  const saved = await attempt(() => post<Team>(id ? `/teams/${id}` : "/teams", team), teamsText().saved);
  if (saved) await attempt(fetchTeams);
  return saved !== null;
}

export async function removeTeam(team: Team): Promise<void> {
  if ((await attempt(() => remove(`/teams/${team.id}`).then(() => true), teamsText().removed(team.name))) !== null) await attempt(fetchTeams);
}

export async function saveWork(agent: string, work: Work): Promise<boolean> {
  const found = await attempt(() => post<Found>(`/agents/${agent}/work`, work), teamsText().saved);
  if (!found) return false;
  take(found);
  // A skill may be a new tag.
  await attempt(loadTags);
  return true;
}

export interface DayAtDesk {
  day: Date;
  spans: { from: Date; to: Date | null; away: boolean }[];
  seconds: { online: number; away: number };
}

/** An agent's intervals by day of this screen's clock, latest first; one over midnight is in both days. */
export function byDay(intervals: readonly Interval[], now: Date): DayAtDesk[] {
  const days = new Map<number, DayAtDesk>();
  for (const each of intervals) {
    const end = each.ended_at ? new Date(each.ended_at) : now;
    for (let from = new Date(each.begun_at); from < end; ) {
      const day = new Date(from.getFullYear(), from.getMonth(), from.getDate());
      const midnight = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1);
      const to = end < midnight ? end : midnight;
      const found = days.get(day.getTime()) ?? { day, spans: [], seconds: { online: 0, away: 0 } };
      const goesOn = !each.ended_at && to === end;
      found.spans.push({ from, to: goesOn ? null : to, away: each.availability === "away" });
      found.seconds[each.availability] += (to.getTime() - from.getTime()) / 1000;
      days.set(day.getTime(), found);
      from = midnight;
    }
  }
  return [...days.values()].filter(({ day }) => now.getTime() - day.getTime() < 8 * DAY_MS).sort((a, b) => b.day.getTime() - a.day.getTime());
}
