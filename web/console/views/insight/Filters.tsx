// What the page is about: a range, what conversations have in common, and the files with the same figures.
import type { ComponentChildren } from "preact";
import { compare, comparing, csvAddress, DIMENSIONS, type Dimension, fileAddress, filter, monthlyAddress, narrow, report } from "../../state/insight";
import { text } from "../../text";
import { insightText } from "../../text/insight";

const RANGES = [7, 28, 90];
const OWN = "own";

/** What a group is called: channels and reasons in our words, themes and agents by their names. */
export function groupName(dimension: Dimension, key: string): string {
  if (dimension === "channel") return text().channels[key] ?? key;
  if (dimension === "reason") return text().reasons[key] ?? key;
  return report.value?.groups[dimension]?.find((group) => group.key === key)?.name ?? key;
}

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

/** The browser's day: nothing is reported of days to come. */
const today = (): string => new Date().toLocaleDateString("sv-SE");

function Day({ name, value, onPick, id }: { name: string; value: string; onPick: (day: string) => void; id: string }) {
  return (
    <label>
      <span>{name}</span>
      <input type="date" value={value} max={today()} onChange={(event) => onPick(event.currentTarget.value)} data-testid={id} />
    </label>
  );
}

function Range() {
  const words = insightText();
  const { days, from, to } = filter.value;
  const start = report.value?.start.slice(0, 10) ?? "";
  const pick = (value: string) => narrow(value === OWN ? { from: start } : { days: value, from: "", to: "" });
  const options: [string, string][] = [...RANGES.map((n): [string, string] => [String(n), words.days(n)]), [OWN, words.ownRange]];
  return (
    <>
      <Choice name={words.range} value={from ? OWN : days} options={options} onPick={pick} id="insight-days" />
      {from && (
        <>
          <Day name={words.from} value={from} onPick={(day) => day && narrow({ from: day })} id="insight-from" />
          <Day name={words.to} value={to} onPick={(day) => narrow({ to: day })} id="insight-to" />
        </>
      )}
    </>
  );
}

function Among({ dimension }: { dimension: Dimension }) {
  const words = insightText();
  const chosen = filter.value[dimension];
  const known = (report.value?.groups[dimension] ?? []).map((group) => group.key);
  const keys = [...new Set([...known, ...(chosen ? [chosen] : [])])];
  const options: [string, string][] = [["", words.all], ...keys.map((key): [string, string] => [key, groupName(dimension, key)])];
  return <Choice name={words.dimensions[dimension] ?? dimension} value={chosen} options={options} onPick={(value) => narrow({ [dimension]: value })} id={`insight-${dimension}`} />;
}

function Download({ href, id, children }: { href: string; id: string; children: ComponentChildren }) {
  return (
    <a class="outline" href={href} download="" data-testid={id}>
      {children}
    </a>
  );
}

export function Filters() {
  const words = insightText();
  return (
    <>
      <div class="insight-filters">
        <Range />
        {DIMENSIONS.map((dimension) => (
          <Among key={dimension} dimension={dimension} />
        ))}
        <label class="check">
          <input type="checkbox" checked={comparing.value} onChange={(event) => compare(event.currentTarget.checked)} data-testid="insight-compare" />
          {words.compare}
        </label>
      </div>
      <div class="insight-files">
        <Download href={fileAddress("xlsx")} id="insight-xlsx">
          {words.excel}
        </Download>
        <Download href={fileAddress("csv")} id="insight-figures-csv">
          {words.figuresCsv}
        </Download>
        <Download href={csvAddress()} id="insight-csv">
          {words.csv}
        </Download>
        <a class="outline" href={monthlyAddress()} target="_blank" rel="noopener" data-testid="insight-monthly">
          {words.monthly}
        </a>
      </div>
    </>
  );
}
