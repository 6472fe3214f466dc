// A message of the customer's that the server does not have yet.
import type { Unsent } from "../shared/outbox";
import { useChat } from "./context";
import { useText } from "./text";

export function UnsentBubble({ entry }: { entry: Unsent }) {
  const { session } = useChat();
  const text = useText();
  const tooLong = entry.failed === "refused" && (entry.why === "too_large" || entry.why === "413");
  const why = tooLong ? text.tooLong : entry.failed === "refused" ? text.refused : text.unsent;
  return (
    <div class={`message customer ${entry.failed ? "unsent" : "pending"}`} data-testid="widget-unsent" data-failed={entry.failed ?? ""}>
      <span class="hidden">{text.you}</span>
      <div class="bubble" dir="auto">{entry.text}</div>
      {entry.failed ? (
        <div class="under" role="alert">
          <span>{why}</span>
          {/* The same words would be refused again. */}
          {!tooLong && <button onClick={() => session.outbox.retry(entry.id)} data-testid="widget-retry">{text.retry}</button>}
          <button onClick={() => session.outbox.remove(entry.id)}>{text.discard}</button>
        </div>
      ) : (
        <div class="under">{text.sending}</div>
      )}
    </div>
  );
}
