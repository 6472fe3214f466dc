// Did this answer help?
import { useSignal } from "@preact/signals";
import { ThumbDown, ThumbUp } from "../shared/icons";
import { useAttempt } from "./attempt";
import { useChat } from "./context";
import { useText } from "./text";

type Verdict = 1 | -1;

export function Thumbs({ id }: { id: string }) {
  const { session } = useChat();
  const text = useText();
  const given = useSignal<Verdict | null>(null);
  const attempt = useAttempt(text.failed);

  async function rate(value: Verdict): Promise<void> {
    const before = given.value;
    given.value = value;
    const done = await attempt(() => session.feedback({ kind: "thumb", value, message_id: id }));
    if (!done) given.value = before;
  }

  const thumb = (value: Verdict, label: string, Icon: typeof ThumbUp) => (
    <button class="plain" aria-label={label} aria-pressed={given.value === value} onClick={() => rate(value)} data-testid={value > 0 ? "widget-thumb-up" : "widget-thumb-down"}>
      <Icon />
    </button>
  );
  return (
    <span class="thumbs">
      <span role="status">{given.value && text.rated}</span>
      {thumb(1, text.helpful, ThumbUp)}
      {thumb(-1, text.notHelpful, ThumbDown)}
    </span>
  );
}
