import { moment } from "../../shared/language";
import { now } from "../state/clock";
import { deadlineOf } from "../state/sla";
import { language, word } from "../text";
import { slaText } from "../text/sla";
import type { Row } from "../types";

/** The time left until the next deadline, in words as well as in colour; in a list nothing while the clock rests. */
export function Deadline({ row, listed }: { row: Row; listed?: boolean }) {
  const words = slaText();
  const found = deadlineOf(row, now.value);
  if (!found || (listed && found.state === "rests")) return null;
  const what = word(words.metrics, row.sla!.metric);
  const time = words.span(found.seconds);
  const said = { in_time: () => words.left(what, time), at_risk: () => words.soon(what, time), breached: () => words.over(what, time), rests: () => words.rests };
  return (
    <span class={`sla ${found.state}`} title={row.sla!.due_at ? words.due(moment(row.sla!.due_at, language.value)) : undefined} data-testid="deadline" data-state={found.state}>
      {said[found.state]()}
    </span>
  );
}
