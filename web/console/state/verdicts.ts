// What agents and customers think of the assistant's replies.
import { signal } from "@preact/signals";
import { explain } from "./articles";
import { get, post, remove } from "./me";
import { reload } from "./thread";
import { say } from "./toast";

export type Rating = "right" | "wrong" | "stale" | "missing";
export const RATINGS: Rating[] = ["right", "wrong", "stale", "missing"];

export interface Verdict {
  verdict: Rating;
  note: string;
  agent: string;
  by: string;
  at: string;
}

export interface Opinion {
  verdicts: Verdict[];
  thumb: { up: boolean; comment: string; at: string } | null;
}

export interface ListedOpinion extends Opinion {
  conversation: string;
  message: string;
  reply: string;
}

export const wanting = signal<ListedOpinion[] | null>(null);

export async function judge(conversation: string, message: string, verdict: Rating | null, note = ""): Promise<void> {
  const path = `/conversations/${conversation}/messages/${encodeURIComponent(message)}/verdict`;
  try {
    await (verdict ? post(path, { verdict, note }) : remove(path));
    await reload();
  } catch (problem) {
    say(explain(problem), true);
  }
}

export async function listWanting(): Promise<void> {
  try {
    wanting.value = (await get<{ opinions: ListedOpinion[] }>("/verdicts")).opinions;
  } catch (problem) {
    say(explain(problem), true);
  }
}
