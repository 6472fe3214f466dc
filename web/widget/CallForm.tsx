// Whoever waits for a person may be called instead: one of the offered times, a number, and what it is about.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ApiError } from "../shared/http";
import { clock } from "../shared/language";
import type { Calls } from "./api";
import { useChat } from "./context";
import { type Text, useText } from "./text";

const MAX_NUMBER = 40;
const MAX_TOPIC = 200;

type Slot = Calls["slots"][number];

/** A time as one says it, on the customer's own clock. */
export function formatSlot(slot: Slot, language: string): string {
  const day = { month: "short", day: "numeric", weekday: "short", hour: "numeric", minute: "2-digit" } as const;
  return `${new Date(slot.slot_from).toLocaleString(language, day)}–${clock(slot.slot_to, language)}`;
}

function tell(problem: unknown, text: Text): string {
  const { status, body } = problem as ApiError;
  if (status === 422) return body.field === "number" ? text.callNumberWrong : text.callTaken;
  return text.callFailed;
}

interface CallFormProps {
  calls: Signal<Calls | null>;
  /** The form is to go, and the focus with it. */
  close: () => void;
}

export function CallForm({ calls, close }: CallFormProps) {
  const { session, config } = useChat();
  const text = useText();
  const problem = useSignal("");
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const slots = calls.value?.slots ?? [];
  useEffect(() => form.current?.querySelector("select")?.focus(), []);

  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    if (busy.value) return;
    const { time, number, topic } = Object.fromEntries(new FormData(form.current!)) as Record<string, string>;
    problem.value = "";
    busy.value = true;
    try {
      const planned = await session.askForCall({ slot_from: time!, number: number!, topic: topic! });
      calls.value = { slots, planned };
      close();
    } catch (refused) {
      problem.value = tell(refused, text);
      // Another may have been quicker, or the clock: what is offered now.
      await session.calls().then((now) => (calls.value = now), () => undefined);
    } finally {
      busy.value = false;
    }
  }

  return (
    <form ref={form} class="call" aria-label={text.callTitle} onSubmit={ask} data-testid="widget-call-form">
      <label>
        {text.callTime}
        <select name="time" required data-testid="widget-call-time">
          {slots.map((slot) => (
            <option key={slot.slot_from} value={slot.slot_from}>
              {formatSlot(slot, config.language.value)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {text.callNumber}
        <input name="number" type="tel" autocomplete="tel" required maxLength={MAX_NUMBER} data-testid="widget-call-number" />
      </label>
      <label>
        {text.callTopic}
        <input name="topic" maxLength={MAX_TOPIC} data-testid="widget-call-topic" />
      </label>
      {problem.value && <p class="wrong" role="alert" data-testid="widget-call-problem">{problem.value}</p>}
      <div class="buttons">
        <button type="button" onClick={close}>{text.callCancel}</button>
        <button class="primary" aria-disabled={busy.value} data-testid="widget-call-send">{text.callSend}</button>
      </div>
    </form>
  );
}
