// Where the handoff went: whose ticket it is there, what did not fit, and what goes wrong.
import { text } from "../text";
import type { Detail } from "../types";

export function ForeignDesk({ desk }: { desk: NonNullable<Detail["desk"]> }) {
  const words = text().desks;
  const name = [desk.name, desk.label].filter(Boolean).join(" ");
  const told = words.states[desk.state as keyof typeof words.states](name);
  const safe = desk.url && /^https?:\/\//.test(desk.url) ? desk.url : null;
  return (
    <p class="meta" data-testid="foreign-desk">
      {safe ? (
        <a href={safe} target="_blank" rel="noreferrer noopener">
          {told}
        </a>
      ) : (
        told
      )}
      {desk.loss.length > 0 && <span title={desk.loss.join(", ")}> ・ {words.loss(desk.loss.length, desk.fields)}</span>}
      {desk.why && <span> ・ {words.trouble(desk.why)}</span>}
    </p>
  );
}
