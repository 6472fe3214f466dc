// Saved replies over the composer while a "/" stands at its start.
import { useEffect } from "preact/hooks";
import { composing } from "../../shared/ime";
import { choices, dismissed, highlighted, loadReplies, slashed, use } from "../state/replies";
import { words as written } from "../state/writing";
import { deskText } from "../text/desk";

export const CHOICES_ID = "reply-choices";
export const choiceId = (at: number): string => `${CHOICES_ID}-${at}`;

/** Keys of the list while the cursor stays in the composer; whether the key was one of them. */
export function chooseByKey(event: KeyboardEvent, conversation: string): boolean {
  const list = choices.value;
  if (!list || composing(event)) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && list.length > 0) highlighted.value = (highlighted.value + step + list.length) % list.length;
  else if (event.key === "Escape") dismissed.value = true;
  else if ((event.key === "Enter" || event.key === "Tab") && list[highlighted.value]) void use(list[highlighted.value]!, conversation);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

export function ReplyChoices({ conversation }: { conversation: string }) {
  const words = deskText();
  const list = choices.value;
  const open = slashed(written.value) !== null;
  useEffect(() => {
    if (open) void loadReplies().catch(() => undefined);
    else dismissed.value = false;
  }, [open]);
  useEffect(() => {
    highlighted.value = 0;
  }, [written.value]);
  if (!list) return null;
  return (
    <div class="reply-choices" data-testid="reply-choices">
      {list.length === 0 && <p class="meta">{words.noReplies}</p>}
      <ul role="listbox" id={CHOICES_ID} aria-label={words.pickReply}>
        {list.map((reply, at) => (
          <li
            key={reply.id}
            id={choiceId(at)}
            role="option"
            aria-selected={at === highlighted.value}
            onMouseDown={(event) => {
              event.preventDefault();
              void use(reply, conversation);
            }}
            data-testid="reply-choice"
          >
            <b>{reply.name}</b> <span class="meta">{reply.text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
