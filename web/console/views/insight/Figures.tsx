// Rates and scores with their intervals and meanings.
import type { ComponentChildren } from "preact";
import { type Rate, type Report, type Score, showConversations } from "../../state/insight";
import { language } from "../../text";
import { insightText } from "../../text/insight";

const per = (share: number | null | undefined): string => (share == null ? "–" : `${(share * 100).toFixed(1)}%`);
const number = (value: number | null | undefined): string => (value == null ? "–" : value.toLocaleString(language.value));

/** Rate of the report -> the outcome that lists the same conversations; others are not one outcome. */
const LISTS: Record<string, string> = { resolved_by_person: "resolved_by_person", abandoned: "abandoned" };
const RATES = ["resolved_by_assistant", "resolved_by_person", "abandoned", "contained", "durable_7d", "frustrated_at_end"] as const;

function Meaning({ report, figure }: { report: Report; figure: string }) {
  const meaning = report.definitions[figure]?.[language.value];
  return meaning ? <small class="meaning">{meaning}</small> : null;
}

function Figure({ name, value, notes, children }: { name: string; value: ComponentChildren; notes: string[]; children: ComponentChildren }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>
        {value}
        {notes.map((note) => (
          <small key={note}>{note}</small>
        ))}
        {children}
      </dd>
    </div>
  );
}

function rateNotes(rate: Rate): string[] {
  const words = insightText();
  return rate.total ? [words.of(rate.count, rate.total), words.interval(per(rate.low), per(rate.high))] : [];
}

export function Figures({ report }: { report: Report }) {
  const words = insightText();
  return (
    <dl class="figures" data-testid="insight-figures">
      <Figure name={words.figures.counted ?? ""} value={number(report.counted)} notes={[]}>
        <Meaning report={report} figure="counted" />
      </Figure>
      {RATES.map((key) => {
        const name = words.figures[key] ?? key;
        const outcome = LISTS[key];
        const value = outcome ? (
          <button class="text" onClick={() => void showConversations(name, { outcome })} data-testid={`figure-${key}`}>
            {per(report[key].rate)}
          </button>
        ) : (
          per(report[key].rate)
        );
        return (
          <Figure key={key} name={name} value={value} notes={rateNotes(report[key])}>
            <Meaning report={report} figure={key} />
          </Figure>
        );
      })}
    </dl>
  );
}

export function Scores({ report }: { report: Report }) {
  const words = insightText();
  const { surveys } = report;
  const rates = { response: surveys.response, csat: surveys.csat, csat_corrected: surveys.csat_corrected, ces_easy: surveys.ces_easy };
  const scores: Record<string, Score> = { nps: surveys.nps, ces: surveys.ces };
  const row = (key: string, value: string, notes: string) => (
    <tr key={key}>
      <th scope="row">
        {words.scoreNames[key]}
        <Meaning report={report} figure={key} />
      </th>
      <td>
        <b>{value}</b>
        <small>{notes}</small>
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
          {Object.entries(rates).map(([key, rate]) => row(key, per(rate.rate), rateNotes(rate).join(" · ")))}
          {Object.entries(scores).map(([key, score]) =>
            row(key, number(score.score), [words.answers(score.answers), ...(score.low == null ? [] : [words.interval(number(score.low), number(score.high))])].join(" · ")),
          )}
        </tbody>
      </table>
    </section>
  );
}
