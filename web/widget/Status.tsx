// The strip under the header: offline, failed, waiting, with a person, back with the assistant.
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Calls } from "./api";
import { notice, useAttempt } from "./attempt";
import { CallForm, formatSlot } from "./CallForm";
import { useChat } from "./context";
import { keepFocus } from "./focus";
import { useText } from "./text";

interface Calling {
  /** The times that are offered to whoever waits; null while nothing is known. */
  calls: Signal<Calls | null>;
  writing: Signal<boolean>;
}

function useCalling(): Calling {
  const { session } = useChat();
  const calls = useSignal<Calls | null>(null);
  const writing = useSignal(false);
  const waiting = session.state.value === "queued";
  useEffect(() => {
    calls.value = null;
    writing.value = false;
    if (waiting) void session.calls().then((found) => (calls.value = found), () => undefined);
  }, [waiting]);
  return { calls, writing };
}

function Call({ calls, writing }: Calling) {
  const text = useText();
  if (writing.value || !calls.value?.slots.length || calls.value.planned) return null;
  return <button onClick={() => (writing.value = true)} data-testid="widget-call">{text.call}</button>;
}

function Waiting(calling: Calling) {
  const { session, config } = useChat();
  const text = useText();
  const busy = useSignal(false);
  const attempt = useAttempt(text.failed);
  const told = session.told.value;
  const planned = calling.calls.value?.planned;
  // What stands in the conversation is not said twice.
  const said = !told || session.messages.value.some((each) => each.text === told);
  async function stop(event: Event): Promise<void> {
    const focus = keepFocus(event.currentTarget);
    if (await attempt(session.stopWaiting, busy)) focus(".person");
  }
  return (
    <div class="status waiting" data-testid="widget-waiting">
      <p>
        {said ? text.waiting : told}
        {planned && <b data-testid="widget-call-planned">{text.callPlanned(formatSlot(planned, config.language.value))}</b>}
      </p>
      <Call {...calling} />
      <button aria-disabled={busy.value} onClick={(event) => !busy.value && void stop(event)} data-testid="widget-cancel-waiting">
        {text.cancel}
      </button>
    </div>
  );
}

function Failed() {
  const text = useText();
  const failed = notice.value;
  if (!failed) return null;
  return (
    <div class="status failed" role="alert" data-testid="widget-notice">
      <p>{failed.words}</p>
      <button onClick={failed.again}>{text.retry}</button>
      <button onClick={() => (notice.value = null)}>{text.dismiss}</button>
    </div>
  );
}

function Standing(calling: Calling) {
  const { session } = useChat();
  const text = useText();
  const { state, agent, returned } = session;
  if (state.value === "queued") return <Waiting {...calling} />;
  if (state.value === "agent") {
    const words = agent.value ? text.withAgent(agent.value) : text.withSomeone;
    return <p class="status agent" data-testid="widget-agent">{words}</p>;
  }
  if (returned.value) return <p class="status" data-testid="widget-returned">{text.returned}</p>;
  return null;
}

export function Status() {
  const { session } = useChat();
  const text = useText();
  const calling = useCalling();
  const strip = useRef<HTMLDivElement>(null);
  function closeForm(): void {
    calling.writing.value = false;
    keepFocus(strip.current)("[data-testid=widget-call], [data-testid=widget-cancel-waiting]");
  }
  return (
    <>
      <div ref={strip} aria-live="polite">
        {!session.connected.value && <p class="status offline" data-testid="widget-offline">{text.offline}</p>}
        <Failed />
        <Standing {...calling} />
      </div>
      {calling.writing.value && <CallForm calls={calling.calls} close={closeForm} />}
    </>
  );
}
