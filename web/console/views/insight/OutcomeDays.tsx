// Outcomes by day: stacked bars, told apart by pattern too, or the same numbers as a table.
import { useSignal } from "@preact/signals";
import { nextDay, type Report, showConversations } from "../../state/insight";
import { language, word } from "../../text";
import { insightText } from "../../text/insight";

const WIDTH = 900;
const HEIGHT = 200;
/** From the ground up: what went well first. */
const ORDER = ["confirmed", "answered", "resolved_by_person", "ended_by_person", "transferred_out", "abandoned", "no_request", "spam"];

const short = (day: string): string => new Date(`${day}T00:00`).toLocaleDateString(language.value, { month: "numeric", day: "numeric" });

function Patterns() {
  return (
    <defs>
      <pattern id="stripes" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" class="kind-abandoned-ground" />
        <rect width="2" height="6" class="kind-abandoned-line" />
      </pattern>
      <pattern id="dots" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" class="kind-person-ground" />
        <circle cx="3" cy="3" r="1.4" class="kind-person-dot" />
      </pattern>
    </defs>
  );
}

function Bars({ report, kinds }: { report: Report; kinds: string[] }) {
  const words = insightText();
  const days = report.by_day;
  const most = Math.max(1, ...days.map((day) => Object.values(day.outcomes).reduce((sum, n) => sum + n, 0)));
  const wide = WIDTH / days.length;
  return (
    <>
      <svg class="bars" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby="by-day-title" preserveAspectRatio="none">
      <title id="by-day-title">{words.byDayChart}</title>
      {days.map((day, at) => {
        let ground = HEIGHT;
        return kinds.map((kind) => {
          const n = day.outcomes[kind] ?? 0;
          const tall = (n / most) * HEIGHT;
          ground -= tall;
          return n ? (
            <rect key={`${day.day} ${kind}`} class={`kind-${kind}`} x={at * wide + wide * 0.1} y={ground} width={wide * 0.8} height={tall}>
              <title>{`${short(day.day)} ${word(words.outcomes, kind)}: ${n}`}</title>
            </rect>
          ) : null;
        });
      })}
      </svg>
      <p class="ends meta" aria-hidden="true">
        <span>{short(days[0]?.day ?? "")}</span>
        <span>{short(days.at(-1)?.day ?? "")}</span>
      </p>
    </>
  );
}

function Table({ report, kinds }: { report: Report; kinds: string[] }) {
  const words = insightText();
  return (
    <div class="scrolled" tabIndex={0} role="group" aria-label={words.byDay}>
      <table class="insight-table numbers-only">
        <thead>
          <tr>
            <th scope="col">{words.day}</th>
            {kinds.map((kind) => (
              <th scope="col" key={kind}>
                {word(words.outcomes, kind)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.by_day.map(({ day, outcomes }) => (
            <tr key={day}>
              <th scope="row">
                <button class="text" onClick={() => void showConversations(short(day), { from: day, to: nextDay(day) })}>
                  {short(day)}
                </button>
              </th>
              {kinds.map((kind) => (
                <td key={kind}>{outcomes[kind] ?? 0}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function OutcomeDays({ report }: { report: Report }) {
  const words = insightText();
  const asTable = useSignal(false);
  const kinds = ORDER.filter((kind) => report.outcomes[kind]);
  return (
    <section aria-labelledby="by-day">
      <div class="heading">
        <h2 id="by-day">{words.byDay}</h2>
        {kinds.length > 0 && (
          <button class="text" aria-pressed={asTable.value} onClick={() => (asTable.value = !asTable.value)} data-testid="as-table">
            {asTable.value ? words.asChart : words.asTable}
          </button>
        )}
      </div>
      {!kinds.length && <p>{words.none}</p>}
      {kinds.length > 0 && (
        <figure class="chart insight-chart">
          <svg class="unseen" aria-hidden="true">
            <Patterns />
          </svg>
          {asTable.value ? <Table report={report} kinds={kinds} /> : <Bars report={report} kinds={kinds} />}
          <ul class="legend">
            {kinds.map((kind) => (
              <li key={kind}>
                <button class="text" onClick={() => void showConversations(word(words.outcomes, kind), { outcome: kind })} data-testid={`outcome-${kind}`}>
                  <svg width="14" height="14" aria-hidden="true">
                    <rect width="14" height="14" class={`kind-${kind}`} />
                  </svg>
                  {word(words.outcomes, kind)} {report.outcomes[kind]}
                </button>
              </li>
            ))}
          </ul>
        </figure>
      )}
    </section>
  );
}
