// Colleagues named with "@" in a note, and conversations that one follows.
import { deskText } from "../text/desk";
import type { AgentMessage, Agent, Row } from "../types";
import { act } from "./actions";
import { say } from "./toast";

const MOST_SHOWN = 8;

/** What is typed after an "@" at the end of a note; null: nobody is being named. Pure. */
export function namedSoFar(text: string): string | null {
  const found = /(?:^|[^\w])[@＠]([^\s@＠]{0,40})$/.exec(text);
  return found ? found[1]! : null;
}

/** Colleagues whose name has what is typed, those that begin with it first. Pure. */
export function colleaguesNamed<One extends Agent>(agents: One[], typed: string): One[] {
  const plain = (text: string) => text.normalize("NFKC").toLowerCase().replace(/\s/g, "");
  const at = (agent: One) => plain(agent.name).indexOf(plain(typed));
  return agents
    .filter((agent) => at(agent) >= 0)
    .sort((one, other) => at(one) - at(other))
    .slice(0, MOST_SHOWN);
}

/** The note with the colleague's whole name in the place of what was typed. Pure. */
export const withName = (text: string, agent: Agent): string => text.replace(/[@＠][^\s@＠]*$/, () => `@${agent.name} `);

export const follow = (row: Row) =>
  row.following ? act(row.id, "unfollow", {}, deskText().unfollowed) : act(row.id, "follow", {}, deskText().followed);

/** A colleague has named the caller in a note. */
export function named({ message }: { message: AgentMessage }): void {
  say(deskText().namedBy(message.agent?.name ?? ""));
}
