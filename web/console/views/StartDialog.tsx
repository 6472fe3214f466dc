// Begin a conversation with somebody who wrote to us before: where it may go, and why it may not.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { uuid } from "../../shared/uuid";
import { type Way, loadWays, startConversation } from "../state/person";
import { addressOf } from "../state/route";
import { text } from "../text";
import { copilotText } from "../text/copilot";
import { Dialog } from "./Dialog";
import { channelName } from "./names";
import { Confirm } from "./Reason";

interface Props {
  customer: string;
  open: boolean;
  close: () => void;
}

export function StartDialog({ customer, open, close }: Props) {
  const words = copilotText();
  const ways = useSignal<Way[] | null>(null);
  const chosen = useSignal<Way | null>(null);
  const subject = useSignal("");
  const message = useSignal("");
  const problem = useSignal("");
  // The same for every try, so that a lost answer begins nothing twice.
  const id = useSignal(uuid());
  useEffect(() => {
    if (!open) return;
    ways.value = chosen.value = null;
    problem.value = "";
    loadWays(customer).then(
      (found) => {
        ways.value = found;
        chosen.value = found.find((way) => !way.obstacle) ?? null;
      },
      () => {
        ways.value = [];
        problem.value = words.failed;
      },
    );
  }, [open, customer]);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (!chosen.value?.way) return;
    problem.value = (await startConversation(customer, id.value, chosen.value.way, message.value.trim(), subject.value)) ?? "";
    if (problem.value) return;
    message.value = subject.value = "";
    id.value = uuid();
    close();
  }

  return (
    <Dialog title={words.startTitle} open={open} onClose={close} testid="start-dialog">
      <form onSubmit={submit}>
        <p>{words.startLead}</p>
        {ways.value === null ? <p role="status">{words.loading}</p> : <Ways found={ways.value} chosen={chosen.value} pick={(way) => (chosen.value = way)} close={close} />}
        {chosen.value && (
          <>
            {chosen.value.channel === "email" && (
              <label>
                {words.subject}
                <input type="text" maxLength={120} value={subject.value} placeholder={words.subjectHint} onInput={(event) => (subject.value = event.currentTarget.value)} />
              </label>
            )}
            <label>
              {words.message}
              <textarea rows={5} required maxLength={8000} value={message.value} onInput={(event) => (message.value = event.currentTarget.value)} data-testid="start-message" />
            </label>
          </>
        )}
        <p class="problem" role="alert">
          {problem.value}
        </p>
        {chosen.value ? (
          <Confirm label={words.send} close={close} testid="start-confirm" />
        ) : (
          <p class="buttons">
            <button type="button" class="outline" onClick={close}>
              {text().cancel}
            </button>
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Ways({ found, chosen, pick, close }: { found: Way[]; chosen: Way | null; pick: (way: Way) => void; close: () => void }) {
  const words = copilotText();
  return (
    <fieldset class="ways" data-testid="ways">
      <legend>{words.where}</legend>
      {!found.some((way) => !way.obstacle) && <p>{words.nowhere}</p>}
      {found.map((way) => (
        <div key={way.way ?? way.channel}>
          <label class="choice">
            <input type="radio" name="way" disabled={way.obstacle !== null} checked={chosen === way} onChange={() => pick(way)} />
            {channelName(way.channel, text())} {way.channel === "email" && <span class="meta">{way.peer}</span>}
          </label>
          {way.has_stopped_notices && !way.obstacle && <p class="meta obstacle">{words.stoppedNotices}</p>}
          {way.obstacle && (
            <p class="meta obstacle">
              {words.obstacles[way.obstacle]}{" "}
              {way.conversation && (
                <a href={addressOf(way.conversation)} onClick={close}>
                  {words.goThere}
                </a>
              )}
            </p>
          )}
        </div>
      ))}
    </fieldset>
  );
}
