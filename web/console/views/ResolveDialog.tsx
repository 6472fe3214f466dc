import { useSignal } from "@preact/signals";
import { resolve } from "../state/actions";
import { text } from "../text";
import type { Outcome } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";
import { Confirm } from "./Reason";

const OUTCOMES: Outcome[] = ["solved", "workaround", "unsolved", "no_reply", "spam"];

/** Asks how it ended before a conversation is closed, and warns while nobody has replied to the customer. */
export function ResolveDialog({ id, unanswered }: { id: string; unanswered: boolean }) {
  const words = text();
  const outcome = useSignal<Outcome>("solved");
  const note = useSignal("");
  const close = () => {
    if (asking.value === "resolve") asking.value = null;
  };

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!(await resolve(id, outcome.value, note.value))) return;
    note.value = "";
    outcome.value = "solved";
    close();
  }

  return (
    <Dialog title={words.resolve.title} open={asking.value === "resolve"} onClose={close} testid="resolve-dialog">
      <form onSubmit={submit}>
        {unanswered && (
          <p class="unanswered" role="alert" data-testid="resolve-unanswered">
            {words.resolve.unanswered}
          </p>
        )}
        <fieldset>
          <legend>{words.resolve.outcome}</legend>
          {OUTCOMES.map((each) => (
            <label key={each} class="choice">
              <input type="radio" name="outcome" value={each} checked={outcome.value === each} onChange={() => (outcome.value = each)} data-testid={`outcome-${each}`} />
              {words.outcomes[each]}
            </label>
          ))}
        </fieldset>
        <label>
          {words.resolve.note}
          <textarea rows={3} value={note.value} placeholder={words.resolve.noteHint} onInput={(event) => (note.value = event.currentTarget.value)} data-testid="resolve-note" />
        </label>
        <Confirm label={unanswered ? words.resolve.confirmUnanswered : words.resolve.confirm} close={close} testid="resolve-confirm" />
      </form>
    </Dialog>
  );
}
