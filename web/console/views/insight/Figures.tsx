// Rates and scores with their intervals and meanings; each leads to the conversations that it counts.
import type { ComponentChildren } from "preact";
import { type Rate, type Report, type Score, showConversations } from "../../state/insight";
import { language } from "../../text";
import { insightText } from "../../text/insight";

export const per = (share: number | null | undefined): string => (share == null ? "–" : `${(share * 100).toFixed(1)}%`);
const number = (value: number | null | undefined): string => (value == null ? "–" : value.toLocaleString(language.value, { maximumFractionDigits: 1 }));

const RATES = ["resolved_by_assistant", "resolved_by_person", "confirmed", "abandoned", "contained", "handed_over", "durable_72h", "durable_7d", "frustrated_at_start", "frustrated_at_end"] as const;
const SURVEY_RATES = ["response", "csat", "csat_corrected", "ces_easy"] as const;
const SCORES = ["nps", "ces"] as const;

const inWords = (texts: Record<string, string> | undefined): string => texts?.[language.value === "ja" ? "ja" : "en"] ?? "";
const named = (report: Report, figure: string): string => inWords(report.names[figure]) || figure;

function Meaning({ report, figure }: { report: Report; figure: string }) {
  const meaning = inWords(report.definitions[figure]);
  return meaning ? <small class="meaning">{meaning}</small> : null;
}

function rateNotes(rate: Rate): string[] {
  const words = insightText();
  return rate.total ? [words.of(rate.count, rate.total), words.interval(per(rate.low), per(rate.high))] : [];
}

/** What the range before had, and how sure the difference is. */
function changeNotes(report: Report, figure: string, before: Rate | undefined): string[] {
  const words = insightText();
  if (!before) return [];
  const change = report.before?.changes[figure];
  const points = (share: number) => `${share > 0 ? "+" : ""}${(share * 100).toFixed(1)}`;
  return [words.beforeWas(per(before.rate)), ...(change ? [words.changed(points(change.difference), points(change.low), points(change.high))] : [])];
}

function Drill({ name, figure, children }: { name: string; figure: string; children: ComponentChildren }) {
  return (
    <button class="text" onClick={() => void showConversations(name, { figure })} data-testid={`figure-${figure}`}>
      {children}
    </button>
  );
}

function Figure({ report, figure, value, notes, young = 0, grey = false }: { report: Report; figure: string; value: string; notes: string[]; young?: number; grey?: boolean }) {
  const words = insightText();
  const name = named(report, figure);
  return (
    <div class={grey ? "figure young" : "figure"}>
      <dt>{name}</dt>
      <dd>
        <Drill name={name} figure={figure}>
          {value}
        </Drill>
        {notes.map((note) => (
          <small key={note}>{note}</small>
        ))}
        {young > 0 && <small class="young">{words.young(young)}</small>}
        <Meaning report={report} figure={figure} />
      </dd>
    </div>
  );
}

export function Figures({ report }: { report: Report }) {
  const words = insightText();
  const before = report.before;
  const wait = report.wait_seconds;
  const waitNotes = [...(wait.n ? [words.waitNotes(wait.n, number(wait.p90))] : []), ...(before ? [words.beforeWas(number(before.wait_seconds.median))] : [])];
  return (
    <dl class="figures" data-testid="insight-figures">
      <Figure report={report} figure="counted" value={number(report.counted)} notes={before ? [words.beforeWas(number(before.counted))] : []} />
      {RATES.map((key) => {
        const rate = report[key];
        const young = "young" in rate ? rate.young : 0;
        return <Figure key={key} report={report} figure={key} value={per(rate.rate)} young={young} grey={young > 0} notes={[...rateNotes(rate), ...changeNotes(report, key, before?.[key])]} />;
      })}
      <Figure report={report} figure="wait_seconds" value={number(wait.median)} notes={waitNotes} />
    </dl>
  );
}

export function Scores({ report }: { report: Report }) {
  const words = insightText();
  const { surveys } = report;
  const before = report.before?.surveys;
  const scoreNotes = (score: Score, old: Score | undefined): string[] => [
    words.answers(score.answers),
    ...(score.low == null ? [] : [words.interval(number(score.low), number(score.high))]),
    ...(old ? [words.beforeWas(number(old.score))] : []),
  ];
  const row = (key: string, value: string, notes: string[]) => (
    <tr key={key}>
      <th scope="row">
        {named(report, key)}
        <Meaning report={report} figure={key} />
      </th>
      <td>
        <Drill name={named(report, key)} figure={key}>
          {value}
        </Drill>
        <small>{notes.join(" · ")}</small>
      </td>
    </tr>
  );
  return (
    <section aria-labelledby="insight-scores">
      <h2 id="insight-scores">{words.scores}</h2>
      <table class="insight-table">
        <thead>
          <tr>
            <th scope="col">{words.score}</th>
            <th scope="col">{words.value}</th>
          </tr>
        </thead>
        <tbody>
          {SURVEY_RATES.map((key) => row(key, per(surveys[key].rate), [...rateNotes(surveys[key]), ...changeNotes(report, key, before?.[key])]))}
          {SCORES.map((key) => row(key, number(surveys[key].score), scoreNotes(surveys[key], before?.[key])))}
        </tbody>
      </table>
    </section>
  );
}
