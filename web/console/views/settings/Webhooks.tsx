// Webhooks, for administrators: added, tested, rotated, switched off, with a log that can be sent again.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { add, change, type Event, forget, loadWebhooks, rotate, secret, test, type Webhook, webhooks } from "../../state/webhooks";
import "../../styles/people.css";
import { word } from "../../text";
import { webhookText } from "../../text/webhooks";
import { Once } from "../people/Once";
import { DeliveryLog } from "./DeliveryLog";

const EVENTS: Event[] = ["case.opened", "improvement.exported", "improvement.done", "handoff.requested", "conversation.closed", "gap.published", "digest.ready"];

function Events({ chosen, onChange }: { chosen: string[]; onChange: (events: Event[]) => void }) {
  const words = webhookText();
  const toggle = (name: Event, on: boolean): void => onChange(EVENTS.filter((each) => (each === name ? on : chosen.includes(each))));
  return (
    <fieldset class="all buttons-row">
      <legend class="unseen">{words.events}</legend>
      {EVENTS.map((name) => (
        <label key={name} class="choice">
          <input type="checkbox" checked={chosen.includes(name)} onChange={(event) => toggle(name, event.currentTarget.checked)} data-testid={`event-${name}`} />
          {word(words.eventNames, name)}
        </label>
      ))}
    </fieldset>
  );
}

function Add() {
  const words = webhookText();
  const url = useSignal("");
  const events = useSignal<Event[]>([]);
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (!(await add(url.value, events.value))) return;
    url.value = "";
    events.value = [];
  };
  return (
    <form class="card" aria-label={words.add} onSubmit={(event) => void send(event)}>
      <label class="field">
        {words.url}
        <input type="url" required maxLength={2000} placeholder="https://" value={url.value} onInput={(event) => (url.value = event.currentTarget.value)} data-testid="webhook-url" />
      </label>
      <Events chosen={events.value} onChange={(chosen) => (events.value = chosen)} />
      <p class="buttons">
        <button class="solid" disabled={!events.value.length} data-testid="webhook-add">
          {words.add}
        </button>
      </p>
    </form>
  );
}

function Item({ row }: { row: Webhook }) {
  const words = webhookText();
  const opened = useSignal(false);
  const isOff = row.disabled_at !== null;
  return (
    <li class="card" data-testid="webhook">
      <h3>{row.url}</h3>
      {isOff && (
        <p>
          <span class="badge high">{words.disabled}</span> {word(words.why, row.disabled_why ?? "")}
        </p>
      )}
      {secret.value?.webhook === row.id && <Once lead={words.once} value={secret.value.value} testid="webhook-secret" />}
      <Events chosen={row.events} onChange={(events) => events.length > 0 && void change(row.id, { events })} />
      <div class="buttons-row">
        {!isOff && (
          <button class="outline" aria-label={words.testOf(row.url)} onClick={() => void test(row.id).then(() => (opened.value = true))} data-testid="webhook-test">
            {words.test}
          </button>
        )}
        <button class="text" aria-label={words.rotateOf(row.url)} onClick={() => confirm(words.rotateSure) && void rotate(row.id)} data-testid="webhook-rotate">
          {words.rotate}
        </button>
        <button class="text" aria-label={isOff ? words.enableOf(row.url) : words.disableOf(row.url)} onClick={() => void change(row.id, { enabled: isOff })} data-testid="webhook-switch">
          {isOff ? words.enable : words.disable}
        </button>
        <button class="text" aria-label={words.forgetOf(row.url)} onClick={() => confirm(words.forgetSure) && void forget(row.id)} data-testid="webhook-forget">
          {words.forget}
        </button>
      </div>
      <details open={opened.value} onToggle={(event) => (opened.value = event.currentTarget.open)}>
        <summary data-testid="webhook-log">{words.log}</summary>
        {opened.value && <DeliveryLog row={row} />}
      </details>
    </li>
  );
}

export function Webhooks() {
  const words = webhookText();
  useEffect(() => {
    void loadWebhooks();
    // What was shown once is not shown to whoever comes back to the page.
    return () => void (secret.value = null);
  }, []);
  const shown = webhooks.value;
  if (!shown) return null;
  return (
    <section aria-labelledby="webhooks" data-testid="webhooks">
      <h2 id="webhooks">{words.title}</h2>
      <p class="meta">{words.hint}</p>
      <Add />
      {!shown.length && <p>{words.none}</p>}
      <ul class="cards">
        {shown.map((row) => (
          <Item key={row.id} row={row} />
        ))}
      </ul>
    </section>
  );
}
