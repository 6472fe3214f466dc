// What sending a saved reply does besides, as one choice of a list. Pure.
import type { SavedReply } from "../types";

type Actions = Pick<SavedReply, "snooze_minutes" | "team" | "outcome">;

const NOTHING: Actions = { snooze_minutes: null, team: null, outcome: null };
export const SNOOZES = [60, 24 * 60, 3 * 24 * 60, 7 * 24 * 60];

/** The choice that these actions are; "" for none. */
export function choiceOf({ snooze_minutes, team, outcome }: Actions): string {
  if (snooze_minutes) return `snooze:${snooze_minutes}`;
  if (team) return `team:${team}`;
  return outcome ? `resolve:${outcome}` : "";
}

export function actionsOf(choice: string): Actions {
  const [kind, value] = [choice.split(":", 1)[0], choice.slice(choice.indexOf(":") + 1)];
  if (kind === "snooze") return { ...NOTHING, snooze_minutes: Number(value) };
  if (kind === "team") return { ...NOTHING, team: value };
  return kind === "resolve" ? { ...NOTHING, outcome: value } : NOTHING;
}
