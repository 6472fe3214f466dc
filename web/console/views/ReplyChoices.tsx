// Saved replies, or colleagues to name, over the composer while "/" or "@" asks for them.
import { useEffect } from "preact/hooks";
import { composing } from "../../shared/ime";
import { choices, dismissed, highlighted, wanted } from "../state/choices";
import { loadReplies, loadTeams } from "../state/replies";
import { mode, words as written } from "../state/writing";
import { macroName } from "./macroName";
import { deskText } from "../text/desk";

export const CHOICES_ID = "reply-choices";
export const choiceId = (at: number): string => `${CHOICES_ID}-${at}`;

/** Keys of the list while the cursor stays in the composer; whether the key was one of them. */
export function chooseByKey(event: KeyboardEvent): boolean {
  const list = choices.value;
  if (!list || composing(event)) return false;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && list.length > 0) highlighted.value = (highlighted.value + step + list.length) % list.length;
  else if (event.key === "Escape") dismissed.value = true;
  else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && list[highlighted.value]) list[highlighted.value]!.pick();
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

export function ReplyChoices() {
  const words = deskText();
  const list = choices.value;
  const open = wanted.value;
  const reply = mode.value === "reply";
  useEffect(() => {
    if (!open) dismissed.value = false;
    else if (reply) void Promise.all([loadReplies(), loadTeams()]).catch(() => undefined);
  }, [open, reply]);
  useEffect(() => {
    highlighted.value = 0;
  }, [written.value]);
  if (!list || (!reply && list.length === 0)) return null;
  return (
    <div class="reply-choices" data-testid="reply-choices">
      {list.length === 0 && <p class="meta">{words.noReplies}</p>}
      <ul role="listbox" id={CHOICES_ID} aria-label={reply ? words.pickReply : words.pickColleague}>
        {list.map((choice, at) => (
          <li
            key={choice.id}
            id={choiceId(at)}
            role="option"
            aria-selected={at === highlighted.value}
            onMouseDown={(event) => {
              event.preventDefault();
              choice.pick();
            }}
            data-testid="reply-choice"
          >
            <b>{choice.name}</b> {choice.macro && <span class="badge">{macroName(choice.macro)}</span>} <span class="meta">{choice.hint}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
