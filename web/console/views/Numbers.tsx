// The last two weeks in numbers.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { span } from "../state/clock";
import { get } from "../state/me";
import { language, text, word } from "../text";
import { copilotText } from "../text/copilot";
import type { Metrics } from "../types";
import { DayChart } from "./DayChart";

const DAYS = 14;
const STEPS = ["shown", "inserted", "sent", "edited"] as const;
type DraftCount = Schemas["DraftCountOut"];

/** The last days where the business is, as YYYY-MM-DD, the oldest first. */
function lastDays(zone: string): string[] {
  const today = new Date(`${new Date().toLocaleDateString("sv-SE", { timeZone: zone })}T12:00Z`).getTime();
  return Array.from({ length: DAYS }, (_, at) => new Date(today - (DAYS - 1 - at) * 86_400_000).toISOString().slice(0, 10));
}

/** A bar for every day, the empty ones too. */
function everyDay({ by_day, zone }: Metrics): Metrics["by_day"] {
  const known = new Map(by_day.map((day) => [day.day, day]));
  const names = lastDays(zone);
  return names.map((day) => known.get(day) ?? { day, conversations: 0, handoffs: 0 });
}

function Figure({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value}
        {note && <small>{note}</small>}
      </dd>
    </div>
  );
}

function Figures({ metrics }: { metrics: Metrics }) {
  const words = text();
  const count = (value: number) => value.toLocaleString(language.value);
  const { csat } = metrics;
  return (
    <dl class="figures">
      <Figure name={words.metrics.conversations} value={count(metrics.conversations)} />
      <Figure name={words.metrics.rate} value={metrics.handoff_rate === null ? "–" : `${(metrics.handoff_rate * 100).toFixed(1)}%`} />
      <Figure name={words.metrics.byAssistant} value={count(metrics.closed_without_agent)} />
      <Figure name={words.metrics.byAgent} value={count(metrics.resolved_by_agent)} />
      <Figure name={words.metrics.answered} value={count(metrics.answered)} />
      <Figure name={words.metrics.abstained} value={count(metrics.abstained)} />
      <Figure name={words.metrics.wait} value={metrics.median_wait_seconds === null ? "–" : span(metrics.median_wait_seconds, words)} />
      <Figure name={words.metrics.csat} value={csat.mean === null ? "–" : csat.mean.toFixed(1)} note={words.metrics.csatCount(csat.count)} />
    </dl>
  );
}

function Reasons({ reasons }: { reasons: Record<string, number> }) {
  const words = text();
  const sorted = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  const most = Math.max(1, ...sorted.map(([, n]) => n));
  return (
    <ul class="reasons">
      {sorted.map(([reason, n]) => (
        <li key={reason}>
          <span>{word(words.reasons, reason)}</span>
          <meter min={0} max={most} value={n} aria-label={word(words.reasons, reason)} />
          <b>{n}</b>
        </li>
      ))}
    </ul>
  );
}

/** What became of the drafts that agents were shown. */
function Drafts() {
  const words = copilotText();
  const rows = useSignal<DraftCount[]>([]);
  useEffect(() => void get<{ drafts: DraftCount[] }>(`/drafts?days=${DAYS}`).then(({ drafts }) => (rows.value = drafts), () => undefined), []);
  if (rows.value.length === 0) return null;
  return (
    <>
      <h2>{words.drafts}</h2>
      <table class="drafts" data-testid="draft-numbers">
        <thead>
          <tr>
            <th scope="col">{words.kind}</th>
            {STEPS.map((step) => (
              <th key={step} scope="col">
                {words.steps[step]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.value.map((row) => (
            <tr key={row.kind}>
              <th scope="row">{word(words.kinds, row.kind)}</th>
              {STEPS.map((step) => (
                <td key={step}>{row[step].toLocaleString(language.value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

export function Numbers() {
  const words = text();
  const metrics = useSignal<Metrics | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    get<Metrics>(`/metrics?days=${DAYS}`).then(
      (answer) => (metrics.value = answer),
      (problem) => {
        if (!(problem instanceof ApiError)) throw problem;
        failed.value = true;
      },
    );
  }, []);
  const shown = metrics.value;
  return (
    <main class="numbers" tabIndex={0} data-testid="numbers">
      <h1>{words.metrics.title}</h1>
      <p class="meta">{words.metrics.period}</p>
      {!shown && <p>{failed.value ? words.unreachable : words.loading}</p>}
      {shown && (
        <>
          <Figures metrics={shown} />
          <h2>{words.metrics.byDay}</h2>
          {shown.by_day.length ? <DayChart days={everyDay(shown)} /> : <p>{words.metrics.none}</p>}
          <h2>{words.metrics.byReason}</h2>
          {Object.keys(shown.by_reason).length ? <Reasons reasons={shown.by_reason} /> : <p>{words.metrics.none}</p>}
          <Drafts />
        </>
      )}
    </main>
  );
}
