// Planning calls and noting what came of them.
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { callText } from "../text/calls";
import type { Row } from "../types";
import { customerName } from "../views/names";
import { text } from "../text";
import { owns } from "./actions";
import { post } from "./me";
import { reload } from "./thread";
import { say } from "./toast";

export type Call = Schemas["CallbackOut"];
export type CallOutcome = NonNullable<Call["outcome"]>;
export const OUTCOMES: CallOutcome[] = ["reached", "no_answer", "wrong_number", "cancelled"];

/** null when it worked; else what to mend. */
async function change(path: string, body: unknown, done: string): Promise<string | null> {
  const words = callText();
  try {
    await post(path, body);
    say(done);
    await reload().catch(() => undefined);
    return null;
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const field = problem.body.field as string | undefined;
    if (problem.status === 409) return words.already;
    return field === "number" ? words.badNumber : field === "slot" ? words.badTime : words.failed;
  }
}

export function planCall(conversation: string, number: string, topic: string, from: Date, to: Date): Promise<string | null> {
  const body = { number, topic, slot_from: from.toISOString(), slot_to: to.toISOString() };
  return change(`/conversations/${conversation}/callbacks`, body, callText().planned);
}

export const finishCall = (call: Call, outcome: CallOutcome, note: string) => change(`/callbacks/${call.id}`, { outcome, note }, callText().done);

/** Its agent hears when it is time to call, and when nobody has. */
export function tellOfCall(before: Row | undefined, row: Row): void {
  const state = row.callback?.state;
  if (!state || state === "planned" || !owns(row) || before?.callback?.state === state) return;
  say(`${callText().states[state]}: ${customerName(row, text())}`, state === "missed");
}
