// Under each reply of the assistant: judge it in one click, and see what others think of it.
import { useSignal } from "@preact/signals";
import { me } from "../state/me";
import { detail } from "../state/thread";
import { judge, type Opinion, RATINGS } from "../state/verdicts";
import { verdictText } from "../text/verdicts";

export function VerdictBar({ message }: { message: string }) {
  const words = verdictText();
  const shown = detail.value!;
  const conversation = shown.conversation.id;
  const opinion = shown.opinions?.[message];
  const own = opinion?.verdicts.find((one) => one.agent === me.value?.id);
  const note = useSignal(own?.note ?? "");
  return (
    <div class="verdict" data-testid="verdict">
      <div role="group" aria-label={words.judge}>
        <span class="meta">{words.judge}</span>
        {RATINGS.map((rating) => (
          <button key={rating} class="text" aria-pressed={own?.verdict === rating} onClick={() => void judge(conversation, message, own?.verdict === rating ? null : rating, note.value)} data-testid={`verdict-${rating}`}>
            {words.names[rating]}
          </button>
        ))}
      </div>
      {own && own.verdict !== "right" && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void judge(conversation, message, own.verdict, note.value);
          }}
        >
          <input aria-label={words.note} placeholder={words.note} maxLength={1000} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} data-testid="verdict-note" />
          <button class="outline" disabled={note.value === own.note}>
            {words.send}
          </button>
        </form>
      )}
      <Said opinion={opinion} besides={me.value?.id} />
    </div>
  );
}

export function Said({ opinion, besides }: { opinion: Opinion | undefined; besides?: string }) {
  const words = verdictText();
  const others = opinion?.verdicts.filter((one) => one.agent !== besides) ?? [];
  const thumb = opinion?.thumb;
  if (!others.length && !thumb) return null;
  return (
    <ul class="said-of">
      {thumb && (
        <li data-testid="customer-thumb">
          <span class={`badge ${thumb.up ? "verified" : "high"}`}>{thumb.up ? words.up : words.down}</span> {thumb.comment}
        </li>
      )}
      {others.map((one) => (
        <li key={one.agent}>
          <span class={`badge ${one.verdict === "right" ? "verified" : "stuck"}`}>{words.by(one.by, words.names[one.verdict]!)}</span> {one.note}
        </li>
      ))}
    </ul>
  );
}
