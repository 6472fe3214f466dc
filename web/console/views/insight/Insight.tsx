// The page for leads: outcomes, scores, themes, gaps and cases; each number with what it means.
import { useEffect } from "preact/hooks";
import { broken, csvAddress, filter, loadCases, loadGaps, loadReport, narrow, report } from "../../state/insight";
import { me } from "../../state/me";
import { text } from "../../text";
import { insightText } from "../../text/insight";
import "../../styles/insight.css";
import "../../styles/knowledge.css";
import { Cases } from "./Cases";
import { Conversations } from "./Conversations";
import { Figures, Scores } from "./Figures";
import { Gaps } from "./Gaps";
import { OutcomeDays } from "./OutcomeDays";
import { Themes } from "./Themes";

const RANGES = [7, 28, 90];

function Choice({ name, value, options, onPick, id }: { name: string; value: string; options: [string, string][]; onPick: (value: string) => void; id: string }) {
  return (
    <label>
      <span>{name}</span>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)} data-testid={id}>
        {options.map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
    </label>
  );
}

function Filters() {
  const words = insightText();
  const { days, channel, language } = filter.value;
  const among = (counts: Record<string, number> | undefined, chosen: string): [string, string][] => [
    ["", words.all],
    ...[...new Set([...Object.keys(counts ?? {}), ...(chosen ? [chosen] : [])])].map((key): [string, string] => [key, key]),
  ];
  return (
    <div class="insight-filters">
      <Choice name={words.range} value={days} options={RANGES.map((n) => [String(n), words.days(n)])} onPick={(value) => narrow({ days: value })} id="insight-days" />
      <Choice name={words.channel} value={channel} options={among(report.value?.by_channel, channel)} onPick={(value) => narrow({ channel: value })} id="insight-channel" />
      <Choice name={words.language} value={language} options={among(report.value?.by_language, language)} onPick={(value) => narrow({ language: value })} id="insight-language" />
      <a class="outline" href={csvAddress()} download="conversations.csv" data-testid="insight-csv">
        {words.csv}
      </a>
    </div>
  );
}

export function Insight() {
  const words = insightText();
  useEffect(() => {
    void loadReport();
    void loadGaps();
    void loadCases();
  }, []);
  const lead = me.value?.lead ?? false;
  const shown = report.value;
  return (
    <main class="knowledge insight" tabIndex={0} data-testid="insight">
      <h1>{words.title}</h1>
      <p class="meta">
        {words.lead} {!lead && words.readOnly}
      </p>
      <Filters />
      {(broken.value || !shown) && <p role="status">{broken.value ? text().unreachable : text().loading}</p>}
      {shown && (
        <>
          <Figures report={shown} />
          <OutcomeDays report={shown} />
          <Conversations />
          <Scores report={shown} />
          <Themes lead={lead} />
        </>
      )}
      <Gaps lead={lead} />
      <Cases />
    </main>
  );
}
