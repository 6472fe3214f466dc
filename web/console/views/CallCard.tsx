// Calls that were agreed on with the customer: planning one, and what came of it.
import { useSignal } from "@preact/signals";
import { moment } from "../../shared/language";
import { type Call, OUTCOMES, finishCall, planCall } from "../state/calls";
import { language, text } from "../text";
import { callText } from "../text/calls";

const MAX_TOPIC = 200;
const MAX_NOTE = 2000;

function Problem({ words }: { words: string | null }) {
  return words ? (
    <p class="problem" role="alert" data-testid="call-problem">
      {words}
    </p>
  ) : null;
}

function PlanForm({ conversation, done }: { conversation: string; done: () => void }) {
  const words = callText();
  const number = useSignal("");
  const topic = useSignal("");
  const from = useSignal("");
  const to = useSignal("");
  const problem = useSignal<string | null>(null);
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    problem.value = await planCall(conversation, number.value, topic.value, new Date(from.value), new Date(to.value));
    if (!problem.value) done();
  }
  return (
    <form onSubmit={submit}>
      <label>
        {words.number}
        <input type="tel" required maxLength={40} value={number.value} onInput={(event) => (number.value = event.currentTarget.value)} data-testid="call-number" />
      </label>
      <label>
        {words.topic}
        <input maxLength={MAX_TOPIC} value={topic.value} onInput={(event) => (topic.value = event.currentTarget.value)} />
      </label>
      <label>
        {words.from}
        <input type="datetime-local" required value={from.value} onInput={(event) => (from.value = event.currentTarget.value)} data-testid="call-from" />
      </label>
      <label>
        {words.to}
        <input type="datetime-local" required value={to.value} onInput={(event) => (to.value = event.currentTarget.value)} data-testid="call-to" />
      </label>
      <Problem words={problem.value} />
      <p class="buttons">
        <button type="button" class="text" onClick={done}>
          {text().cancel}
        </button>
        <button class="solid" data-testid="call-save">
          {words.save}
        </button>
      </p>
    </form>
  );
}

function OneCall({ call }: { call: Call }) {
  const words = callText();
  const note = useSignal("");
  const problem = useSignal<string | null>(null);
  return (
    <li data-testid="call" data-state={call.state}>
      <p>
        <a href={`tel:${call.number.replace(/[^+\d]/g, "")}`}>{call.number}</a> <span class={`badge ${call.state === "missed" ? "urgent" : ""}`}>{words.states[call.state]}</span>
      </p>
      <p class="meta">
        {moment(call.slot_from, language.value)}–{moment(call.slot_to, language.value)} {call.topic}
      </p>
      {call.outcome && (
        <p class="meta">
          {words.outcomes[call.outcome]} {call.note}
        </p>
      )}
      {call.state !== "done" && (
        <>
          <input aria-label={words.note} placeholder={words.note} maxLength={MAX_NOTE} value={note.value} onInput={(event) => (note.value = event.currentTarget.value)} />
          <p class="call-outcomes">
            {OUTCOMES.map((outcome) => (
              <button
                key={outcome}
                class="outline"
                onClick={async () => (problem.value = await finishCall(call, outcome, note.value))}
                data-testid={`call-${outcome}`}
              >
                {words.outcomes[outcome]}
              </button>
            ))}
          </p>
          <Problem words={problem.value} />
        </>
      )}
    </li>
  );
}

export function CallCard({ conversation, calls }: { conversation: string; calls: Call[] }) {
  const words = callText();
  const writing = useSignal(false);
  return (
    <section class="card tag-editor" aria-label={words.title} data-testid="calls">
      <h2>{words.title}</h2>
      {calls.length === 0 && !writing.value && <p class="meta">{words.none}</p>}
      <ul class="calls">
        {calls.map((call) => (
          <OneCall key={call.id} call={call} />
        ))}
      </ul>
      {writing.value ? (
        <PlanForm conversation={conversation} done={() => (writing.value = false)} />
      ) : (
        <button class="outline" onClick={() => (writing.value = true)} data-testid="plan-call">
          {words.plan}
        </button>
      )}
    </section>
  );
}
