// Whether this agent is given conversations.
import { effect, signal, untracked } from "@preact/signals";
import type { DeskAgent } from "../types";
import { get, me, post, standing } from "./me";

export type Availability = "online" | "away";

export const availability = signal<Availability>("online");

async function load(): Promise<void> {
  const { agents } = await get<{ agents: DeskAgent[] }>("/teams");
  const own = agents.find((agent) => agent.id === me.value?.id);
  // Who looks at this page is at the desk, whatever was seen of them last.
  availability.value = own?.availability === "away" ? "away" : "online";
}

export async function changeAvailability(chosen: Availability): Promise<void> {
  availability.value = chosen;
  await post("/availability", { availability: chosen });
}

effect(() => {
  if (standing.value === "in") untracked(() => void load().catch(() => undefined));
});
