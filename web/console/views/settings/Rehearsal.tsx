// Simulated customers try what is typed before it is saved; both transcripts of whoever fares otherwise.
import { useEffect } from "preact/hooks";
import { isOpen, loadRehearsal, rehearsable, rehearsal, rehearsalProblem, startRehearsal, stopLooking, triedThese } from "../../state/rehearsal";
import type { Rehearsal as Run, Rehearsed, RehearsalResult, RehearsedRate } from "../../state/rehearsal";
import { change } from "../../state/settings";
import { word } from "../../text";
import { rehearsalText } from "../../text/rehearsal";
import { settingsText } from "../../text/settings";
import { time } from "../knowledge/days";

// Measures of which there must be enough; of the others there must not be too many.
const WANTED = new Set(["told", "person"]);

export function Rehearsal() {
  const words = rehearsalText();
  useEffect(() => {
    void loadRehearsal();
    return stopLooking;
  }, []);
  const last = rehearsal.value;
  const running = isOpen(last);
  const any = Object.keys(rehearsable.value).length > 0;
  return (
    <section aria-labelledby="rehearsal">
      <h2 id="rehearsal">{words.title}</h2>
      <p class="meta">{words.lead}</p>
      <div class="trial">
        <button type="button" class="outline" disabled={!any || running} onClick={() => void startRehearsal()} data-testid="start-rehearsal">
          {words.start}
        </button>
        {!any && <p class="meta">{words.nothing}</p>}
        <div role="status" data-testid="rehearsal">
          <p class="problem">{rehearsalProblem.value}</p>
          {last && running && <Progress run={last} />}
          {last?.problem && <p class="problem">{words.failedRun(last.problem)}</p>}
        </div>
        {last && !running && <Last run={last} />}
        {last?.result && <Result result={last.result} />}
      </div>
    </section>
  );
}

function Progress({ run }: { run: Run }) {
  const words = rehearsalText();
  if (!run.total) return <p>{words.waiting}</p>;
  return (
    <p>
      <progress max={run.total} value={run.done} aria-label={words.title} /> {words.progress(run.done, run.total)}
    </p>
  );
}

/** Whose rehearsal is shown, of which changes; nothing of it is typed any more when the page was opened again. */
function Last({ run }: { run: Run }) {
  const words = rehearsalText();
  const names = Object.keys(run.changes).map(nameSetting).join(words.comma);
  const typed = Object.keys(rehearsable.value).length > 0;
  return (
    <div data-testid="last-rehearsal">
      <h3>{words.last}</h3>
      <p class="meta">
        {words.by(run.by, time(run.at))} {names && words.tried(names)}
      </p>
      {!run.result && !run.problem && <p>{words.outdated}</p>}
      {typed && run.result && <p>{triedThese(run, rehearsable.value) ? words.these : words.others}</p>}
      {!typed && (
        <button type="button" class="text" onClick={() => Object.entries(run.changes).forEach(([key, value]) => change(key, value))} data-testid="rehearsed-again">
          {words.again}
        </button>
      )}
    </div>
  );
}

/** What a setting is called on this page. */
function nameSetting(key: string): string {
  const { policy, sections } = settingsText();
  const name = key.replace("policy.", "");
  const section = { people_only: "topics", helplines: "topics", proactive_on: "notices" }[name] ?? name;
  return policy[name]?.[0] ?? (sections as Record<string, string>)[section] ?? name;
}

function Result({ result }: { result: RehearsalResult }) {
  const words = rehearsalText();
  const names = result.failed_gates.map((name) => word(words.measures, name)).join(words.comma);
  return (
    <div class="rehearsal-result" data-testid="rehearsal-result">
      <p>
        <b>{result.passed ? words.passed : words.notPassed(names)}</b>
      </p>
      <div class="rehearsal-rates" tabIndex={0} role="group" aria-label={words.title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{words.measure}</th>
              <th scope="col">{words.before}</th>
              <th scope="col">{words.after}</th>
              <th scope="col">{words.gate}</th>
            </tr>
          </thead>
          <tbody>
            {result.after.map((row, place) => (
              <Rate key={row.measure} before={result.before[place]} after={row} />
            ))}
          </tbody>
        </table>
      </div>
      <h3>{words.flips(result.changed, result.worse)}</h3>
      {result.flips.map((flip) => (
        <details key={flip.after.key}>
          <summary>
            {flip.worse ? words.worse : words.better}: {describe(flip.after)}
          </summary>
          <div class="pair-grid">
            <Talk title={words.before} talk={flip.before} />
            <Talk title={words.after} talk={flip.after} />
          </div>
        </details>
      ))}
      <h3>{words.failures(result.failed.length)}</h3>
      {result.failed.map((talk) => (
        <details key={talk.key}>
          <summary>{describe(talk)}</summary>
          <Talk title={words.after} talk={talk} />
        </details>
      ))}
    </div>
  );
}

function describe(talk: Rehearsed): string {
  const words = rehearsalText();
  const asked = talk.lines.find((line) => line.author === "customer")?.text ?? "";
  return `${word(words.personas, talk.persona)}: ${asked}`;
}

function Rate({ before, after }: { before: RehearsedRate | undefined; after: RehearsedRate }) {
  const words = rehearsalText();
  const limit = after.limit === null ? "" : (WANTED.has(after.measure) ? words.atLeast : words.atMost)(after.limit);
  return (
    <tr>
      <th scope="row">{word(words.measures, after.measure)}</th>
      <td>{before && words.rate(before.count, before.total, before.rate)}</td>
      <td>
        {after.passed ? "" : "✕ "}
        {words.rate(after.count, after.total, after.rate)}
        {after.low !== null && after.high !== null && <small class="meta">{words.interval(after.low, after.high)}</small>}
        {after.proves_at_most !== null && !WANTED.has(after.measure) && <small class="meta">{words.proves(after.total, after.proves_at_most)}</small>}
      </td>
      <td>{limit}</td>
    </tr>
  );
}

function Talk({ title, talk }: { title: string; talk: Rehearsed }) {
  const words = rehearsalText();
  const failed = talk.failures.map((name) => word(words.failed, name)).join(words.comma);
  return (
    <div class="card rehearsed">
      <p>
        <b>{title}</b>: {failed ? `✕ ${failed}` : words.fine}
      </p>
      {talk.fact && <p class="meta">{words.toldFact(talk.fact)}</p>}
      {talk.lines.map((line, place) => (
        <div key={place} class={line.author === "customer" ? "own" : undefined}>
          <small class="meta">{line.author === "customer" ? words.customer : words.assistant}</small>
          <p lang={talk.language}>{line.text}</p>
        </div>
      ))}
    </div>
  );
}
