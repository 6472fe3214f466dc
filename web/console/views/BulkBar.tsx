// Under the list: what to do with the chosen conversations, and undoing it.
import { useSignal } from "@preact/signals";
import { type Action, asked, busy, chooseAll, chosen, clear, isFull, perform, rehearsal, rehearse, tally, undo, undoable } from "../state/bulk";
import { list } from "../state/inbox";
import { agents, results, tags } from "../state/search";
import { presetTimes } from "../state/snoozing";
import { text } from "../text";
import { bulkText } from "../text/bulk";
import { deskText } from "../text/desk";
import { Dialog } from "./Dialog";

const ACTIONS = ["tag", "snooze", "assign", "resolve"] as const;
const OUTCOMES = ["solved", "workaround", "unsolved", "no_reply", "spam"] as const;

export function BulkBar() {
  const words = bulkText();
  const shown = results.value ?? list.value;
  return (
    <>
      {undoable.value && (
        <p class="bulk" role="status">
          <button class="outline" onClick={() => void undo()} data-testid="bulk-undo">
            {words.undo(undoable.value.changed)}
          </button>
        </p>
      )}
      {chosen.value.size > 0 && (
        <div class="bulk" role="toolbar" aria-label={words.bar} data-testid="bulk-bar">
          <p role="status">
            <b>{words.chosen(chosen.value.size)}</b> {isFull.value && words.full}
          </p>
          {ACTIONS.map((each) => (
            <button key={each} class="outline" onClick={() => (asked.value = each)} data-testid={`bulk-${each}`}>
              {words.actions[each]}
            </button>
          ))}
          <button class="text" onClick={() => chooseAll(shown.map((row) => row.id))} data-testid="bulk-all">
            {words.chooseAll}
          </button>
          <button class="text" onClick={clear}>
            {words.clear}
          </button>
        </div>
      )}
      <ActionDialog />
      <PreviewDialog />
    </>
  );
}

function ActionDialog() {
  const words = bulkText();
  const which = asked.value;
  const close = () => {
    asked.value = null;
  };
  return (
    <Dialog title={which ? words.titles[which]! : ""} open={which !== null && rehearsal.value === null} onClose={close} testid="bulk-dialog">
      {which && <Choices which={which} choose={(action) => void rehearse(action)} />}
      <p class="buttons">
        <button class="text" onClick={close}>
          {text().cancel}
        </button>
      </p>
    </Dialog>
  );
}

function Choices({ which, choose }: { which: Action["action"]; choose: (action: Action) => void }) {
  if (which === "tag") return <TagForm choose={choose} />;
  const offered: [string, Action][] =
    which === "snooze"
      ? presetTimes(new Date()).map(([name, moment]) => [deskText().presets[name]!, { action: "snooze", until: moment.toISOString() }])
      : which === "assign"
        ? agents.value.map((agent) => [agent.name, { action: "assign", agent: agent.id }])
        : OUTCOMES.map((outcome) => [text().outcomes[outcome]!, { action: "resolve", outcome }]);
  return (
    <div class="people">
      {offered.map(([name, action]) => (
        <button key={name} class="outline" disabled={busy.value} onClick={() => choose(action)} data-testid="bulk-choice">
          {name}
        </button>
      ))}
    </div>
  );
}

function TagForm({ choose }: { choose: (action: Action) => void }) {
  const name = useSignal("");
  function submit(event: Event): void {
    event.preventDefault();
    if (name.value.trim()) choose({ action: "tag", tags: [name.value.trim()] });
  }
  return (
    <form onSubmit={submit}>
      <label>
        {deskText().addTag}
        <input list="bulk-tags" required maxLength={60} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} data-testid="bulk-tag-name" />
      </label>
      <datalist id="bulk-tags">
        {tags.value.map((tag) => (
          <option key={tag.id} value={tag.name} />
        ))}
      </datalist>
      <p class="buttons">
        <button class="solid" disabled={busy.value} data-testid="bulk-preview">
          {bulkText().preview}
        </button>
      </p>
    </form>
  );
}

function PreviewDialog() {
  const words = bulkText();
  const tried = rehearsal.value;
  const close = () => {
    rehearsal.value = null;
    asked.value = null;
  };
  const { changed, unchanged, refused } = tally(tried?.results ?? []);
  return (
    <Dialog title={words.previewTitle} open={tried !== null} onClose={close} testid="bulk-preview-dialog">
      <ul>
        <li data-testid="bulk-changes">{words.will(changed)}</li>
        {unchanged > 0 && <li>{words.stays(unchanged)}</li>}
        {refused.map(([code, times]) => (
          <li key={code}>{words.refused(times, words.why[code] ?? words.other)}</li>
        ))}
      </ul>
      {tried && changed > 0 && <p class="meta">{words.tellsCustomers[tried.action.action]}</p>}
      <p class="buttons">
        <button class="text" onClick={close}>
          {text().cancel}
        </button>
        <button class="solid" disabled={busy.value || changed === 0} onClick={() => void perform()} data-testid="bulk-apply">
          {words.apply}
        </button>
      </p>
    </Dialog>
  );
}
