// A question, answered as customers get it now and as they would with the saved text.
import { useSignal } from "@preact/signals";
import { Rich } from "../../../shared/Rich";
import type { Answer } from "../../state/articles";
import { ask, explain } from "../../state/articles";
import { say } from "../../state/toast";
import { word } from "../../text";
import { articleText } from "../../text/articles";
import type { Column } from "./column";

export function TryQuestion({ column }: { column: Column }) {
  const words = articleText();
  const question = useSignal("");
  const busy = useSignal(false);
  const tried = useSignal<{ before: Answer; after: Answer } | null>(null);
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!question.value.trim() || !(await column.save()) || !column.id.value) return;
    busy.value = true;
    try {
      tried.value = await ask(column.id.value, column.base.value, question.value.trim());
    } catch (problem) {
      say(explain(problem), true);
    } finally {
      busy.value = false;
    }
  };
  return (
    <section class="trying" aria-label={words.tryTitle}>
      <h3>{words.tryTitle}</h3>
      <p class="meta">{words.tryHint}</p>
      <form onSubmit={(event) => void run(event)}>
        <input aria-label={words.question} placeholder={words.question} maxLength={500} value={question.value} lang={column.fields.value.language} onInput={(event) => (question.value = event.currentTarget.value)} data-testid="try-question" />
        <button class="outline" disabled={busy.value} data-testid="try-it">
          {words.tryIt}
        </button>
      </form>
      <p role="status">{busy.value && words.trying}</p>
      {tried.value && (
        <div class="answers">
          <Told title={words.now} answer={tried.value.before} testid="answer-before" />
          <Told title={words.withDraft} answer={tried.value.after} testid="answer-after" />
        </div>
      )}
    </section>
  );
}

function Told({ title, answer, testid }: { title: string; answer: Answer; testid: string }) {
  const words = articleText();
  return (
    <figure class="tried-answer" data-testid={testid}>
      <figcaption>
        <b>{title}</b> <span class={`badge ${answer.decision === "answer" ? "verified" : "stuck"}`}>{word(words.decisions, answer.decision)}</span>
      </figcaption>
      <Rich html={answer.html} base={location.origin} />
      {answer.articles.length > 0 && (
        <p class="meta">
          {words.uses}: {answer.articles.join(", ")}
        </p>
      )}
    </figure>
  );
}
