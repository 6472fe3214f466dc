// What sending a saved reply does besides, in words.
import { actionsOf } from "../state/macro";
import { teams } from "../state/replies";
import { text, word } from "../text";
import { deskText } from "../text/desk";

export function macroName(choice: string): string {
  const { snooze_minutes, team, outcome } = actionsOf(choice);
  const words = deskText();
  if (snooze_minutes) return words.snoozeFor(snooze_minutes);
  if (team) return words.toTeam(teams.value.find((each) => each.id === team)?.name ?? "");
  return outcome ? words.resolveAs(word(text().outcomes, outcome)) : words.nothingMore;
}
