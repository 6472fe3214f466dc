// What was sent to a webhook, with every try.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { type Delivery, loadDeliveries, replay, type Webhook } from "../../state/webhooks";
import { text, word } from "../../text";
import { webhookText } from "../../text/webhooks";
import { time } from "../knowledge/days";

const AGAIN_MS = 3_000;

function Row({ one, onReplay }: { one: Delivery; onReplay: (() => void) | null }) {
  const words = webhookText();
  const name = word(words.eventNames, one.type);
  return (
    <tr>
      <td>{time(one.created_at)}</td>
      <td>{name}</td>
      <td>
        {word(words.states, one.state)}
        {one.state === "pending" && one.attempts.length > 0 && <small>{words.next(time(one.due_at))}</small>}
        {onReplay && (
          <button class="text" aria-label={words.replayOf(name, time(one.created_at))} onClick={onReplay} data-testid="webhook-replay">
            {words.replay}
          </button>
        )}
      </td>
      <td>
        {one.attempts.map((each) => (
          <small key={each.at}>
            {time(each.at)}: {each.why ?? each.status}
          </small>
        ))}
      </td>
    </tr>
  );
}

export function DeliveryLog({ row }: { row: Webhook }) {
  const words = webhookText();
  const found = useSignal<Delivery[] | null>(null);
  const load = (): Promise<void> => loadDeliveries(row.id).then((deliveries) => void (found.value = deliveries ?? found.value));
  const isWaiting = found.value?.some((one) => one.state === "pending" && !one.attempts.length) ?? false;
  useEffect(() => void load(), [row.id]);
  useEffect(() => {
    const again = setInterval(() => !document.hidden && void load(), isWaiting ? AGAIN_MS : 5 * AGAIN_MS);
    return () => clearInterval(again);
  }, [isWaiting]);
  const shown = found.value;
  if (!shown) return <p role="status">{text().loading}</p>;
  if (!shown.length) return <p>{words.none}</p>;
  const head = [words.when, words.event, words.state, words.tries];
  return (
    <div class="scrolled" tabIndex={0} role="group" aria-label={words.logOf(row.url)}>
      <table class="insight-table" data-testid="deliveries">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.id} one={one} onReplay={one.state === "pending" || row.disabled_at ? null : () => void replay(row.id, one.id).then(load)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
