// How an agent is told that somebody waits or has answered.
import { useSignal } from "@preact/signals";
import { choosePreferences, preferences } from "../state/alerts";
import { text } from "../text";
import { deskText } from "../text/desk";
import type { Preferences } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";

export function AlertsDialog() {
  const words = deskText();
  const denied = useSignal(false);
  const close = () => {
    if (asking.value === "alerts") asking.value = null;
  };
  async function choose(part: Partial<Preferences>): Promise<void> {
    denied.value = !(await choosePreferences({ ...preferences.value, ...part }));
  }
  const Switch = ({ name }: { name: keyof Preferences }) => (
    <label class="choice">
      <input type="checkbox" checked={preferences.value[name]} onChange={(event) => void choose({ [name]: event.currentTarget.checked })} data-testid={`alert-${name}`} />
      {words[name]}
    </label>
  );
  return (
    <Dialog title={words.alerts} open={asking.value === "alerts"} onClose={close} testid="alerts-dialog">
      <p class="meta">{words.alertsHint}</p>
      <Switch name="notify" />
      <Switch name="sound" />
      {denied.value && (
        <p class="problem" role="alert">
          {words.denied}
        </p>
      )}
      <p class="buttons">
        <button class="outline" onClick={close}>
          {text().close}
        </button>
      </p>
    </Dialog>
  );
}
