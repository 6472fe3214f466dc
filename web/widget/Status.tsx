// The strip under the header: offline, failed, waiting, with a person, back with the assistant.
import { useSignal } from "@preact/signals";
import { notice, useAttempt } from "./attempt";
import { useChat } from "./context";
import { keepFocus } from "./focus";
import { useText } from "./text";

function Waiting() {
  const { session } = useChat();
  const text = useText();
  const busy = useSignal(false);
  const attempt = useAttempt(text.failed);
  const told = session.told.value;
  // What stands in the conversation is not said twice.
  const said = !told || session.messages.value.some((each) => each.text === told);
  async function stop(event: Event): Promise<void> {
    const focus = keepFocus(event.currentTarget);
    if (await attempt(session.stopWaiting, busy)) focus(".person");
  }
  return (
    <div class="status waiting" data-testid="widget-waiting">
      <p>{said ? text.waiting : told}</p>
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

function Standing() {
  const { session } = useChat();
  const text = useText();
  const { state, agent, returned } = session;
  if (state.value === "queued") return <Waiting />;
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
  return (
    <div aria-live="polite">
      {!session.connected.value && <p class="status offline" data-testid="widget-offline">{text.offline}</p>}
      <Failed />
      <Standing />
    </div>
  );
}
