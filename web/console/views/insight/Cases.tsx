// Customers whom we owe a word, the first due first, and the next steps with each.
import { useSignal } from "@preact/signals";
import { type Improvement, loadImprovement } from "../../state/improvements";
import { type Case, cases, caseState, changeCase, loadCases } from "../../state/insight";
import { me } from "../../state/me";
import { addressOf } from "../../state/route";
import { agents } from "../../state/search";
import { language, word } from "../../text";
import { improvementText } from "../../text/improvements";
import { insightText } from "../../text/insight";
import { Effect } from "../improvements/Effect";

/** State -> steps that are possible, the usual one first. */
const STEPS: Record<string, string[]> = {
  open: ["contact", "dismiss"],
  contacted: ["resolve", "dismiss"],
  resolved: ["tell"],
  told: ["ask_again", "recover", "give_up"],
  asked_again: ["recover", "give_up"],
  not_recovered: ["reopen"],
  dismissed: ["reopen"],
};
/** Step -> what it asks for; all but the message are needed. */
const FIELDS: Record<string, ("root_cause" | "remedy" | "reason" | "text")[]> = {
  resolve: ["root_cause", "remedy"],
  dismiss: ["reason"],
  tell: ["text"],
};

function StepForm({ row, step, onEnd }: { row: Case; step: string; onEnd: () => void }) {
  const words = insightText();
  const names = { root_cause: words.rootCause, remedy: words.remedy, reason: words.reason, text: words.message };
  const written = useSignal<Record<string, string>>({});
  const fields = FIELDS[step] ?? [];
  const missing = fields.some((field) => field !== "text" && !written.value[field]?.trim());
  const send = async (event: Event) => {
    event.preventDefault();
    const given = Object.entries(written.value).filter(([, value]) => value.trim());
    if (await changeCase(row.id, { step, ...Object.fromEntries(given) })) onEnd();
  };
  return (
    <form onSubmit={(event) => void send(event)}>
      {fields.map((field) => (
        <label key={field}>
          {names[field]}
          <textarea
            rows={field === "text" ? 4 : 2}
            maxLength={2000}
            onInput={(event) => (written.value = { ...written.value, [field]: event.currentTarget.value })}
            data-testid={`case-${field}`}
          />
        </label>
      ))}
      <div class="buttons">
        <button class="text" type="button" onClick={onEnd}>
          {words.cancel}
        </button>
        <button class="solid" disabled={missing}>
          {word(words.steps, step)}
        </button>
      </div>
    </form>
  );
}

/** Who has it; agents take what nobody has, leads give it to anybody. */
function Owner({ row }: { row: Case }) {
  const words = insightText();
  const own = me.value;
  const name = agents.value.find((agent) => agent.id === row.owner)?.name ?? words.nobody;
  if (own?.lead) {
    return (
      <label class="owner">
        {words.owner}
        <select value={row.owner ?? ""} onChange={(event) => void changeCase(row.id, { owner: event.currentTarget.value })} data-testid="case-owner">
          {!row.owner && <option value="">{words.nobody}</option>}
          {agents.value.map((agent) => (
            <option key={agent.id} value={agent.id}>
              {agent.name}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <p class="meta">
      {words.owner}: {name}{" "}
      {own && !row.owner && (
        <button class="text" onClick={() => void changeCase(row.id, { owner: own.id })} data-testid="case-take">
          {words.take}
        </button>
      )}
    </p>
  );
}

/** The improvement that the case is part of; what it changed is counted when somebody wants to see it. */
function ItsImprovement({ id }: { id: string }) {
  const words = insightText();
  const shown = useSignal<Improvement | null>(null);
  return (
    <div>
      <a href="#/improvements">{words.inImprovement}</a>{" "}
      {!shown.value && (
        <button class="text" onClick={() => void loadImprovement(id).then((found) => (shown.value = found))} data-testid="case-effect">
          {words.showEffect}
        </button>
      )}
      <div role="status">
        {shown.value && (
          <>
            <p>
              {shown.value.title} <span class="badge">{word(improvementText().states, shown.value.state)}</span>
            </p>
            <Effect effect={shown.value.effect} />
          </>
        )}
      </div>
    </div>
  );
}

function Item({ row }: { row: Case }) {
  const words = insightText();
  const step = useSignal<string | null>(null);
  const due = new Date(row.due_at).toLocaleString(language.value, { dateStyle: "short", timeStyle: "short" });
  const start = (each: string) => (FIELDS[each] ? (step.value = each) : void changeCase(row.id, { step: each }));
  return (
    <li class="card" data-testid="case">
      <h3>
        {word(words.triggers, row.trigger)} <small>{row.value}</small>
      </h3>
      <p class="meta">
        <span class="badge">{word(words.caseStates, row.state)}</span> {row.is_overdue && <span class="badge urgent">{words.overdue}</span>} {words.due(due)} · {row.channel}
        {row.theme_name && ` · ${row.theme_name}`} · <a href={addressOf(row.conversation)}>{words.open}</a>
      </p>
      {row.again && <p data-testid="case-again">{words.scoreAgain(word(words.scoreNames, row.again.kind), String(row.value), String(row.again.value), row.trigger === row.again.kind)}</p>}
      {row.improvement && <ItsImprovement id={row.improvement} />}
      {(STEPS[row.state] ?? []).length > 0 && <Owner row={row} />}
      {row.root_cause && (
        <p>
          {words.rootCause}: {row.root_cause}
        </p>
      )}
      {row.remedy && (
        <p>
          {words.remedy}: {row.remedy}
        </p>
      )}
      {row.reason && (
        <p>
          {words.reason}: {row.reason}
        </p>
      )}
      {step.value && (STEPS[row.state] ?? []).includes(step.value) ? (
        <StepForm row={row} step={step.value} onEnd={() => (step.value = null)} />
      ) : (
        <div class="line">
          {(STEPS[row.state] ?? []).map((each, at) => (
            <button key={each} class={at ? "text" : "outline"} onClick={() => start(each)} data-testid={`step-${each}`}>
              {word(words.steps, each)}
            </button>
          ))}
        </div>
      )}
    </li>
  );
}

export function Cases() {
  const words = insightText();
  const shown = cases.value;
  if (!shown) return null;
  return (
    <section aria-labelledby="cases">
      <div class="heading">
        <h2 id="cases">{words.cases}</h2>
        <select
          aria-label={words.shownCases}
          value={caseState.value}
          onChange={(event) => {
            caseState.value = event.currentTarget.value;
            void loadCases();
          }}
          data-testid="case-state"
        >
          <option value="">{words.toDo}</option>
          {Object.entries(words.caseStates).map(([state, name]) => (
            <option key={state} value={state}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {!shown.length && <p>{words.none}</p>}
      <ul class="cards">
        {shown.map((row) => (
          <Item key={row.id} row={row} />
        ))}
      </ul>
    </section>
  );
}
