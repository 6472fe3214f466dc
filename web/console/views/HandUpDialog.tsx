// A conversation with harassment goes to a lead: one key, one choice, with a note that says why.
import { handUp } from "../state/actions";
import { text } from "../text";
import { feelingText } from "../text/feelings";
import type { Agent } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";

export function HandUpDialog({ id, leads }: { id: string; leads: Agent[] }) {
  const words = feelingText();
  const close = () => {
    if (asking.value === "handUp") asking.value = null;
  };
  async function give(lead: Agent): Promise<void> {
    close();
    await handUp(id, lead, words.handUpNote);
  }
  return (
    <Dialog title={words.handUpTo} open={asking.value === "handUp"} onClose={close} testid="hand-up-dialog">
      <p class="meta">{leads.length > 0 ? words.handUpHint : words.noLeads}</p>
      <div class="people">
        {leads.map((lead) => (
          <button key={lead.id} class="outline" onClick={() => void give(lead)} data-testid="hand-up-lead">
            {lead.name}
          </button>
        ))}
      </div>
      <p class="buttons">
        <button class="text" onClick={close}>
          {text().cancel}
        </button>
      </p>
    </Dialog>
  );
}
