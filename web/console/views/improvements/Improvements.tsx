// The page of improvements: planned, done, told, measured.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { change, exports, exportTo, type ImprovementRow, improvements, type Issue, loadImprovement, loadImprovements, plan, problem, themes } from "../../state/improvements";
import { me } from "../../state/me";
import { agents } from "../../state/search";
import "../../styles/insight.css";
import "../../styles/knowledge.css";
import { text, word } from "../../text";
import { improvementText } from "../../text/improvements";
import { insightText } from "../../text/insight";
import { day } from "../knowledge/days";
import { CasePicker } from "./CasePicker";
import { Details } from "./Details";
import { EditForm, ThemeSelect } from "./EditForm";

const OPEN = new Set(["planned", "started"]);
const STEPS: Record<string, ("start" | "finish" | "drop")[]> = { planned: ["start", "finish", "drop"], started: ["finish", "drop"] };
/** What is on its way into a tracker is looked at again. */
const AGAIN_MS = 5_000;

function Plan() {
  const words = improvementText();
  const title = useSignal("");
  const theme = useSignal("");
  const chosen = useSignal<string[]>([]);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!(await plan({ title: title.value, theme: theme.value }, chosen.value))) return;
    title.value = theme.value = "";
    chosen.value = [];
  };
  return (
    <details>
      <summary data-testid="plan">{words.plan}</summary>
      <form class="improvement-form card" onSubmit={(event) => void send(event)}>
        <label>
          {words.name}
          <input required maxLength={200} value={title.value} onInput={(event) => (title.value = event.currentTarget.value)} data-testid="improvement-title" />
        </label>
        <ThemeSelect value={theme.value} onPick={(value) => (theme.value = value)} />
        <CasePicker theme={theme.value || null} chosen={chosen.value} onChange={(next) => (chosen.value = next)} />
        <p class="buttons">
          <button class="solid" disabled={!title.value.trim()} data-testid="improvement-plan">
            {words.plan}
          </button>
        </p>
      </form>
    </details>
  );
}

function IssueLine({ issue }: { issue: Issue }) {
  const words = improvementText();
  const name = word(words.exports, issue.tracker);
  return (
    <p data-testid="issue">
      {issue.url ? (
        <a href={issue.url} target="_blank" rel="noopener noreferrer">
          {name} {issue.key}
        </a>
      ) : (
        name
      )}{" "}
      <span class="badge">{word(words.issueStates, issue.state)}</span> {issue.trouble && <span class="problem">{word(words.troubles, issue.trouble)}</span>}
    </p>
  );
}

function Exports({ row }: { row: ImprovementRow }) {
  const words = improvementText();
  const isTracked = row.issue && row.issue.state !== "failed";
  const targets = exports.value.filter((to) => to === "webhook" || !isTracked);
  return (
    <>
      {!exports.value.length && <p class="meta">{words.noExports}</p>}
      {targets.map((to) => (
        <button key={to} class="text" onClick={() => void exportTo(row.id, to)} data-testid={`export-${to}`}>
          {words.exportTo}: {word(words.exports, to)}
        </button>
      ))}
    </>
  );
}

function Steps({ row }: { row: ImprovementRow }) {
  const words = improvementText();
  const take = async (step: "start" | "finish" | "drop"): Promise<void> => {
    if (step === "drop" && !confirm(words.dropSure)) return;
    if (step === "finish") {
      const known = await loadImprovement(row.id);
      if (!known || (known.cases.length > 0 && !confirm(words.finishSure(known.cases.length)))) return;
    }
    await change(row.id, { step });
  };
  return (
    <>
      {(STEPS[row.state] ?? []).map((step, at) => (
        <button key={step} class={at ? "text" : "outline"} onClick={() => void take(step)} data-testid={`improvement-${step}`}>
          {words.steps[step]}
        </button>
      ))}
    </>
  );
}

function Item({ row, lead }: { row: ImprovementRow; lead: boolean }) {
  const words = improvementText();
  const opened = useSignal({ edit: false, details: false });
  const canChange = lead && OPEN.has(row.state);
  const owner = agents.value.find((agent) => agent.id === row.owner)?.name ?? words.nobody;
  const theme = themes.value.find((one) => one.id === row.theme)?.name;
  const toggle = (what: Partial<typeof opened.value>): void => void (opened.value = { ...opened.value, ...what });
  return (
    <li class="card" data-testid="improvement">
      <h3>{row.title}</h3>
      <p class="meta">
        <span class="badge">{word(words.states, row.state)}</span> {row.is_overdue && <span class="badge urgent">{words.overdue}</span>}{" "}
        {[row.due_at && words.dueOn(day(row.due_at)), `${words.owner}: ${owner}`, theme].filter(Boolean).join(" · ")}
      </p>
      {row.action && <p>{row.action}</p>}
      {row.issue && <IssueLine issue={row.issue} />}
      {canChange && (
        <div class="line">
          <Steps row={row} />
          <Exports row={row} />
        </div>
      )}
      {canChange && (
        <details open={opened.value.edit} onToggle={(event) => toggle({ edit: event.currentTarget.open })}>
          <summary data-testid="improvement-edit">{words.edit}</summary>
          {opened.value.edit && <EditForm key={row.updated_at} row={row} onEnd={() => toggle({ edit: false })} />}
        </details>
      )}
      <details open={opened.value.details} onToggle={(event) => toggle({ details: event.currentTarget.open })}>
        <summary data-testid="improvement-details">{words.details}</summary>
        {opened.value.details && <Details row={row} canChange={canChange} />}
      </details>
    </li>
  );
}

function Group({ id, name, rows, lead }: { id: string; name: string; rows: ImprovementRow[]; lead: boolean }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{name}</h2>
      {!rows.length && <p>{improvementText().none}</p>}
      <ul class="cards">
        {rows.map((row) => (
          <Item key={row.id} row={row} lead={lead} />
        ))}
      </ul>
    </section>
  );
}

export function Improvements() {
  const words = improvementText();
  const lead = me.value?.lead ?? false;
  const shown = improvements.value;
  const isOnItsWay = shown?.some((row) => row.issue?.state === "pending") ?? false;
  useEffect(() => void loadImprovements(), []);
  useEffect(() => {
    if (!isOnItsWay) return;
    const again = setInterval(() => !document.hidden && void loadImprovements(), AGAIN_MS);
    return () => clearInterval(again);
  }, [isOnItsWay]);
  return (
    <main class="knowledge insight" tabIndex={0} data-testid="improvements">
      <h1>{words.title}</h1>
      <p class="meta">
        {words.lead} {!lead && insightText().readOnly}
      </p>
      {(problem.value || !shown) && <p role="status">{problem.value || text().loading}</p>}
      {shown && lead && <Plan />}
      {shown && <Group id="in-progress" name={words.open} rows={shown.filter((row) => OPEN.has(row.state))} lead={lead} />}
      {shown && <Group id="ended" name={words.ended} rows={shown.filter((row) => !OPEN.has(row.state))} lead={lead} />}
    </main>
  );
}
