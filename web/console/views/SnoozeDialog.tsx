// Until when a conversation is put aside.
import { useSignal } from "@preact/signals";
import { snooze } from "../state/actions";
import { presetTimes } from "../state/snoozing";
import { text } from "../text";
import { deskText } from "../text/desk";
import { asking } from "./asking";
import { Dialog } from "./Dialog";

export function SnoozeDialog({ id }: { id: string }) {
  const words = deskText();
  const at = useSignal("");
  const close = () => {
    if (asking.value === "snooze") asking.value = null;
  };
  function until(moment: Date): void {
    close();
    void snooze(id, moment);
  }
  function submit(event: Event): void {
    event.preventDefault();
    if (at.value) until(new Date(at.value));
  }
  return (
    <Dialog title={words.snoozeTitle} open={asking.value === "snooze"} onClose={close} testid="snooze-dialog">
      <p class="meta">{words.snoozeHint}</p>
      <div class="people">
        {presetTimes(new Date()).map(([name, moment]) => (
          <button key={name} class="outline" onClick={() => until(moment)} data-testid={`snooze-${name}`}>
            {words.presets[name]}
          </button>
        ))}
      </div>
      <form onSubmit={submit}>
        <label>
          {words.snoozeAt}
          <input type="datetime-local" value={at.value} onInput={(event) => (at.value = event.currentTarget.value)} />
        </label>
        <p class="buttons">
          <button type="button" class="text" onClick={close}>
            {text().cancel}
          </button>
          <button class="solid" disabled={!at.value}>
            {words.snooze}
          </button>
        </p>
      </form>
    </Dialog>
  );
}
