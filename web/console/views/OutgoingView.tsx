// A reply or note that the server does not have yet.
import { type Outgoing, outbox, write } from "../state/writing";
import { text } from "../text";

export function OutgoingView({ entry }: { entry: Outgoing }) {
  const words = text();
  function takeBack(): void {
    outbox.remove(entry.id);
    write(entry.text);
  }
  return (
    <article class={`message ${entry.private ? "note" : "agent"} outgoing`} data-testid="outgoing" data-failed={entry.failed ?? ""}>
      <div class="body plain" dir="auto">{entry.text}</div>
      {entry.failed ? (
        <p class="problem" role="alert">
          {entry.why === "not_owner" ? words.notOwner : words.unsent}
          <button class="text" onClick={() => outbox.retry(entry.id)} data-testid="outgoing-retry">
            {words.retry}
          </button>
          <button class="text" onClick={takeBack}>
            {words.discard}
          </button>
        </p>
      ) : (
        <p class="meta">{words.sending}</p>
      )}
    </article>
  );
}
