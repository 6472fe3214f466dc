// Every saved text of an article: what changed, and the way back.
import { useSignal } from "@preact/signals";
import type { Revision, RevisionText } from "../../state/articles";
import { explain, openRevision } from "../../state/articles";
import { say } from "../../state/toast";
import { articleText } from "../../text/articles";
import { time } from "../knowledge/days";
import type { Column } from "./column";
import { DiffView } from "./DiffView";

export function Versions({ column, lead }: { column: Column; lead: boolean }) {
  const words = articleText();
  const revisions = column.opened.value?.revisions ?? [];
  if (!revisions.length) return null;
  return (
    <details class="versions" data-testid="article-versions">
      <summary>
        {words.versions} <b>{revisions.length}</b>
      </summary>
      <ul>
        {revisions.map((one) => (
          <Version key={one.revision} one={one} column={column} lead={lead} />
        ))}
      </ul>
    </details>
  );
}

function Version({ one, column, lead }: { one: Revision; column: Column; lead: boolean }) {
  const words = articleText();
  const shown = useSignal<RevisionText | null>(null);
  const id = column.id.value!;
  const fetched = async (): Promise<RevisionText | null> => {
    try {
      return await openRevision(id, one.revision);
    } catch (problem) {
      say(explain(problem), true);
      return null;
    }
  };
  const bringBack = async (): Promise<void> => {
    const found = await fetched();
    if (!found) return;
    column.change(found.fields);
    say(words.broughtBack);
  };
  return (
    <li data-testid="article-version">
      <div class="version">
        <p>
          <b>{words.version(one.revision)}</b> {one.live ? <span class="badge verified">{words.live}</span> : one.published_at && <span class="badge">{words.wasPublished}</span>}
          {one.beside && <span class="badge stuck">{words.besideNote}</span>}
          <small class="meta">{words.savedBy(one.by, time(one.at))}</small>
        </p>
        <button class="text" aria-expanded={!!shown.value} onClick={() => void (async () => (shown.value = shown.value ? null : await fetched()))()}>
          {shown.value ? words.closeDiff : words.compare}
        </button>
        {lead && one.revision !== column.base.value && (
          <button class="text" onClick={() => void bringBack()} data-testid="bring-back">
            {words.bringBack}
          </button>
        )}
      </div>
      {shown.value && <DiffView diff={shown.value.diff} label={words.version(one.revision)} lang={column.fields.value.language} />}
    </li>
  );
}
