// Questions that the help does not answer: a draft, tried before it is published.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { changeGap, type Gap, type GapRow, gaps, loadGap, loadGaps } from "../../state/insight";
import { addressOf } from "../../state/route";
import { word } from "../../text";
import { insightText } from "../../text/insight";

/** States that the worker is busy with change by themselves. */
const BUSY = new Set(["drafting", "proving", "publishing"]);
const AGAIN_MS = 4_000;
const WRITABLE = new Set(["open", "drafted", "proved", "no_effect", "worse"]);

function Proof({ proof }: { proof: GapRow["proof"] }) {
  const words = insightText();
  if (!proof) return null;
  if (proof.failed) return <p role="alert">{words.proofFailed}</p>;
  if (proof.asked === undefined) return null;
  const taken = (proof.takes_over ?? []) as { title: string; questions: number }[];
  return (
    <div data-testid="proof">
      <p>{words.proof(Number(proof.answered), Number(proof.asked))}</p>
      {taken.map(({ title, questions }) => (
        <p key={title}>{words.takesOver(questions, title)}</p>
      ))}
    </div>
  );
}

function Work({ gap }: { gap: Gap }) {
  const words = insightText();
  const title = useSignal(gap.title ?? "");
  const body = useSignal(gap.text ?? "");
  const reason = useSignal("");
  const act = (action: string, more: object = {}) => void changeGap(gap.id, { action, ...more });
  return (
    <>
      {WRITABLE.has(gap.state) && (
        <>
          <label>
            {words.articleTitle}
            <input value={title.value} maxLength={120} onInput={(event) => (title.value = event.currentTarget.value)} />
          </label>
          <label>
            {words.articleText}
            <textarea rows={8} value={body.value} onInput={(event) => (body.value = event.currentTarget.value)} />
          </label>
          {gap.sentences.some((sentence) => sentence.personal) && <p class="meta">{words.personal}</p>}
          <div class="buttons">
            <button class="outline" onClick={() => act("draft")}>
              {words.draft}
            </button>
            <button class="outline" disabled={!title.value.trim() || !body.value.trim()} onClick={() => act("approve", { title: title.value, text: body.value })}>
              {words.approve}
            </button>
            {gap.state === "proved" && (
              <button class="solid" onClick={() => act("publish")}>
                {words.publish}
              </button>
            )}
          </div>
        </>
      )}
      {gap.state === "dismissed" && (
        <button class="outline" onClick={() => act("reopen")}>
          {words.reopen}
        </button>
      )}
      {!BUSY.has(gap.state) && gap.state !== "dismissed" && (
        <div class="line">
          <input aria-label={words.reason} placeholder={words.reason} value={reason.value} maxLength={500} onInput={(event) => (reason.value = event.currentTarget.value)} />
          <button class="outline" disabled={!reason.value.trim()} onClick={() => act("dismiss", { reason: reason.value })}>
            {words.dismiss}
          </button>
        </div>
      )}
    </>
  );
}

function Open({ row, lead }: { row: GapRow; lead: boolean }) {
  const words = insightText();
  const gap = useSignal<Gap | null>(null);
  useEffect(() => void loadGap(row.id).then((found) => (gap.value = found)), [row.id, row.state]);
  const shown = gap.value;
  if (!shown) return null;
  return (
    <>
      <Proof proof={shown.proof} />
      {lead && <Work key={`${shown.id} ${shown.state}`} gap={shown} />}
      <h4>{words.evidence}</h4>
      <ul>
        {shown.evidence.map((one) => (
          <li key={`${one.conversation} ${one.turn}`}>
            <a href={addressOf(one.conversation)}>{one.text}</a>
          </li>
        ))}
      </ul>
    </>
  );
}

function Item({ row, lead }: { row: GapRow; lead: boolean }) {
  const words = insightText();
  const open = useSignal(false);
  return (
    <li class="card">
      <h3>{row.title ?? row.id.slice(0, 8)}</h3>
      <p class="meta">
        <span class="badge">{word(words.gapStates, row.state)}</span> {words.questions(row.questions, row.last_week)}
      </p>
      <details open={open.value} onToggle={(event) => (open.value = event.currentTarget.open)}>
        <summary data-testid={`gap-${row.id}`}>{words.draft}…</summary>
        {open.value && <Open row={row} lead={lead} />}
      </details>
    </li>
  );
}

export function Gaps({ lead }: { lead: boolean }) {
  const words = insightText();
  const shown = gaps.value;
  const busy = shown?.some((gap) => BUSY.has(gap.state)) ?? false;
  useEffect(() => {
    if (!busy) return;
    const again = setInterval(() => !document.hidden && void loadGaps(), AGAIN_MS);
    return () => clearInterval(again);
  }, [busy]);
  if (!shown) return null;
  return (
    <section aria-labelledby="gaps">
      <h2 id="gaps">{words.gaps}</h2>
      {!shown.length && <p>{words.none}</p>}
      <ul class="cards">
        {shown.map((row) => (
          <Item key={row.id} row={row} lead={lead} />
        ))}
      </ul>
    </section>
  );
}
