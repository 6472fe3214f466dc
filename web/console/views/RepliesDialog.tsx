// Writing saved replies, and taking them in from a CSV file.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { SNOOZES, actionsOf, choiceOf } from "../state/macro";
import { me } from "../state/me";
import { type ReplyDraft, importReplies, loadReplies, loadTeams, removeReply, replies, saveReply, teams, variables } from "../state/replies";
import { text } from "../text";
import { deskText } from "../text/desk";
import type { SavedReply } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";
import { macroName } from "./macroName";

const NEW: ReplyDraft = { name: "", text: "", shared: false, tags: [], snooze_minutes: null, team: null, outcome: null };
const OUTCOMES = ["solved", "workaround", "unsolved", "no_reply", "spam"];
const SEPARATOR = /[,、，;；]/;

function Editor({ id, given, done }: { id: string | null; given: ReplyDraft; done: () => void }) {
  const words = deskText();
  const draft = useSignal<ReplyDraft>(given);
  const tags = useSignal(given.tags.join("、"));
  const problem = useSignal<string | null>(null);
  const change = (part: Partial<ReplyDraft>) => (draft.value = { ...draft.value, ...part });
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const named = tags.value.split(SEPARATOR).map((each) => each.trim()).filter(Boolean);
    problem.value = await saveReply(id, { ...draft.value, tags: named });
    if (!problem.value) done();
  }
  return (
    <form class="reply-editor" onSubmit={submit}>
      <label>
        {words.replyName}
        <input required maxLength={60} value={draft.value.name} onInput={(event) => change({ name: event.currentTarget.value })} data-testid="reply-name" />
      </label>
      <label>
        {words.replyText}
        <textarea required rows={6} maxLength={4000} value={draft.value.text} onInput={(event) => change({ text: event.currentTarget.value })} data-testid="reply-text" />
      </label>
      <p class="meta">
        {words.variables}: {variables.value.map((name) => `{{${name}}}`).join(" ")}
      </p>
      <label>
        {words.replyTags}
        <input maxLength={400} value={tags.value} onInput={(event) => (tags.value = event.currentTarget.value)} />
      </label>
      <label>
        {words.sendingDoes}
        <select value={choiceOf(draft.value)} onChange={(event) => change(actionsOf(event.currentTarget.value))} data-testid="reply-macro">
          {offered(draft.value).map((choice) => (
            <option key={choice} value={choice}>
              {macroName(choice)}
            </option>
          ))}
        </select>
      </label>
      {me.value?.admin && (
        <label class="choice">
          <input type="checkbox" checked={draft.value.shared} onChange={(event) => change({ shared: event.currentTarget.checked })} />
          {words.shared}
        </label>
      )}
      {problem.value && (
        <p class="problem" role="alert" data-testid="reply-problem">
          {problem.value}
        </p>
      )}
      <p class="buttons">
        <button type="button" class="text" onClick={done}>
          {text().cancel}
        </button>
        <button class="solid" data-testid="reply-save">
          {words.save}
        </button>
      </p>
    </form>
  );
}

/** What sending it may do; with what it does now, if that is none of the usual. */
function offered(draft: ReplyDraft): string[] {
  const usual = ["", ...SNOOZES.map((n) => `snooze:${n}`), ...teams.value.map((team) => `team:${team.id}`), ...OUTCOMES.map((name) => `resolve:${name}`)];
  return [...new Set([...usual, choiceOf(draft)])];
}

function Import() {
  const words = deskText();
  const problem = useSignal<string | null>(null);
  async function read(event: Event): Promise<void> {
    const field = event.currentTarget as HTMLInputElement;
    const file = field.files?.[0];
    if (file) problem.value = await importReplies(await file.text(), me.value?.admin ?? false);
    field.value = "";
  }
  return (
    <div class="import">
      <label class="outline file">
        {words.importCsv}
        <input type="file" accept=".csv,text/csv" onChange={read} data-testid="reply-import" />
      </label>
      <p class="meta">{words.importHint}</p>
      {problem.value && (
        <p class="problem" role="alert" data-testid="import-problem">
          {problem.value}
        </p>
      )}
    </div>
  );
}

function List({ edit }: { edit: (reply: SavedReply) => void }) {
  const words = deskText();
  const editable = (reply: SavedReply) => !reply.shared || me.value?.admin;
  return (
    <ul class="reply-list">
      {replies.value.map((reply) => (
        <li key={reply.id} data-testid="saved-reply">
          <div>
            <b>{reply.name}</b> {reply.shared && <span class="badge">{words.shared}</span>}
            <p class="meta">{reply.text}</p>
            <p class="meta">{[words.used(reply.used), ...reply.tags, ...(choiceOf(reply) ? [macroName(choiceOf(reply))] : [])].join("・")}</p>
          </div>
          {editable(reply) && (
            <p>
              <button class="text" onClick={() => edit(reply)}>{words.edit}</button>
              <button class="text" onClick={() => void removeReply(reply.id)}>{words.remove}</button>
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}

function Content() {
  const words = deskText();
  const edited = useSignal<{ id: string | null; draft: ReplyDraft } | null>(null);
  useEffect(() => void Promise.all([loadReplies(), loadTeams()]).catch(() => undefined), []);
  if (edited.value) return <Editor key={edited.value.id} id={edited.value.id} given={edited.value.draft} done={() => (edited.value = null)} />;
  return (
    <>
      <p class="meta">{words.repliesHint}</p>
      <List edit={(reply) => (edited.value = { id: reply.id, draft: reply })} />
      <Import />
      <p class="buttons">
        <button class="text" onClick={() => (asking.value = null)}>
          {text().close}
        </button>
        <button class="solid" onClick={() => (edited.value = { id: null, draft: NEW })} data-testid="new-reply">
          {words.newReply}
        </button>
      </p>
    </>
  );
}

export function RepliesDialog() {
  const close = () => {
    if (asking.value === "replies") asking.value = null;
  };
  return (
    <Dialog title={deskText().replies} open={asking.value === "replies"} onClose={close} testid="replies-dialog">
      <Content />
    </Dialog>
  );
}
