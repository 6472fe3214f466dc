// Clues: which questions are open, what helped others, which saved reply fits, and what the help says.
import { useSignal } from "@preact/signals";
import { moment } from "../../shared/language";
import { askHelp, related } from "../state/copilot";
import { draftInserted } from "../state/draftLog";
import { loadReplies, replies, use } from "../state/replies";
import { addressOf, contextShown } from "../state/route";
import { insert } from "../state/writing";
import { language } from "../text";
import { copilotText } from "../text/copilot";
import type { Row, Suggestion } from "../types";
import { COMPOSER_ID } from "./Composer";
import { SuggestedReply } from "./Suggestions";

/** On a narrow screen the composer lies behind this pane. */
function goToComposer(): void {
  if (!matchMedia("(min-width: 1180px)").matches) contextShown.value = false;
  document.getElementById(COMPOSER_ID)?.focus();
}

function Questions() {
  const words = copilotText();
  const all = related.value?.questions ?? [];
  const open = all.filter((each) => !each.answered_by);
  if (all.length === 0) return null;
  return (
    <div data-testid="open-questions">
      <h3>{words.open}</h3>
      {open.length === 0 && <p class="meta">{words.allAnswered}</p>}
      <ul class="questions">
        {all.map((each) => (
          <li key={each.message + each.text} class={each.answered_by ? "answered" : ""} dir="auto">
            {each.text} {each.answered_by && <span class="meta">{words.answered}</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Fitting({ row }: { row: Row }) {
  const words = copilotText();
  const fitting = related.value?.replies ?? [];
  if (fitting.length === 0) return null;
  async function choose(id: string, text: string): Promise<void> {
    if (!replies.value.length) await loadReplies();
    const reply = replies.value.find((each) => each.id === id);
    if (!reply) return;
    draftInserted(row.id, "saved_reply", text);
    await use(reply, row.id);
    goToComposer();
  }
  return (
    <div data-testid="fitting-replies">
      <h3>{words.replies}</h3>
      {fitting.map((each) => (
        <button key={each.id} class="suggestion" onClick={() => void choose(each.id, each.text)}>
          <b class="name">{each.name}</b>
          <span class="clamped">{each.text}</span>
          <b>{words.useReply}</b>
        </button>
      ))}
    </div>
  );
}

function Cases({ row }: { row: Row }) {
  const words = copilotText();
  const cases = related.value?.cases ?? [];
  if (!related.value) return null;
  return (
    <div data-testid="solved-cases">
      <h3>{words.cases}</h3>
      {cases.length === 0 ? <p class="meta">{words.noCases}</p> : <p class="meta">{words.caseMasked}</p>}
      {cases.map((each) => (
        <details key={each.conversation} class="case">
          <summary dir="auto">{each.ask}</summary>
          <p class="clue" dir="auto">
            {each.reply}
          </p>
          <p class="meta">
            {each.closed_at && moment(each.closed_at, language.value)} <a href={addressOf(each.conversation)}>{words.openCase}</a>
          </p>
          {row.state !== "closed" && (
            <button
              class="outline"
              onClick={() => {
                insert(each.reply);
                draftInserted(row.id, "similar", each.reply);
                goToComposer();
              }}
            >
              {words.insert}
            </button>
          )}
        </details>
      ))}
    </div>
  );
}

function AskHelp({ row }: { row: Row }) {
  const words = copilotText();
  const question = useSignal("");
  const busy = useSignal(false);
  const found = useSignal<Suggestion[] | null>(null);
  const tried = useSignal(false);
  async function ask(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    found.value = await askHelp(row.id, question.value.trim());
    tried.value = true;
    busy.value = false;
  }
  return (
    <form class="ask-help" onSubmit={ask} data-testid="ask-help">
      <label>
        {words.askHelp}
        <input type="text" maxLength={200} required value={question.value} placeholder={words.askHint} onInput={(event) => (question.value = event.currentTarget.value)} data-testid="ask-help-question" />
      </label>
      <button class="outline" disabled={busy.value || !question.value.trim()}>
        {busy.value ? words.asking : words.askHelp}
      </button>
      <div role="status">{tried.value && !busy.value && !found.value?.length && <p>{found.value ? words.nothing : words.failed}</p>}</div>
      {found.value?.map((each) => <SuggestedReply key={each.text} row={row} suggestion={each} />)}
    </form>
  );
}

export function RelatedCard({ row }: { row: Row }) {
  const words = copilotText();
  return (
    <section class="card related" aria-label={words.related} data-testid="related">
      <h2>{words.related}</h2>
      <Questions />
      {row.state !== "closed" && <Fitting row={row} />}
      <Cases row={row} />
      {row.state !== "closed" && <AskHelp row={row} />}
    </section>
  );
}
