// Whoever waits may choose to be called instead, where that is offered.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAttempt } from "./attempt";
import { useChat, useText } from "./context";

export function Callback() {
  const { session, config } = useChat();
  const text = useText();
  const slots = useSignal<string[]>([]);
  const open = useSignal(false);
  const busy = useSignal(false);
  const attempt = useAttempt(text.failed);
  useEffect(() => void session.callSlots().then((found) => (slots.value = found), () => undefined), []);
  if (!slots.value.length) return null;
  if (!open.value) return <button onClick={() => (open.value = true)} data-testid="widget-call">{text.call}</button>;
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    if (await attempt(() => session.askForCall(String(form.get("number")), String(form.get("slot"))), busy)) slots.value = [];
  }
  const name = (slot: string) => new Date(slot).toLocaleString(config.language.value, { weekday: "short", month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit" });
  return (
    <form class="call" onSubmit={submit}>
      <select name="slot" aria-label={text.callTime}>
        {slots.value.map((slot) => <option key={slot} value={slot}>{name(slot)}</option>)}
      </select>
      <input name="number" type="tel" autocomplete="tel" required minLength={8} maxLength={40} aria-label={text.callNumber} placeholder={text.callNumber} />
      <button disabled={busy.value} data-testid="widget-call-send">{text.call}</button>
    </form>
  );
}
