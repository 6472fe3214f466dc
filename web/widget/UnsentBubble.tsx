// A message of the customer's that the server does not have yet.
import type { Unsent } from "../shared/outbox";
import { useChat, useText } from "./context";

export function UnsentBubble({ entry }: { entry: Unsent }) {
  const { session } = useChat();
  const text = useText();
  const tooLong = entry.why === "too_large";
  const why = entry.failed === "refused" ? (tooLong ? text.tooLong : text.refused) : null;
  return (
    <div class={`message customer ${entry.failed ? "unsent" : "pending"}`} data-testid="widget-unsent" data-failed={entry.failed ?? ""}>
      <span class="hidden">{text.you}</span>
      <div class="bubble">{entry.text}</div>
      {entry.failed ? (
        <div class="under" role="alert">
          <span>{why ?? text.unsent}</span>
          {!tooLong && <button onClick={() => session.outbox.retry(entry.id)} data-testid="widget-retry">{text.retry}</button>}
          <button onClick={() => session.outbox.remove(entry.id)}>{text.discard}</button>
        </div>
      ) : (
        <div class="under">{text.sending}</div>
      )}
    </div>
  );
}
