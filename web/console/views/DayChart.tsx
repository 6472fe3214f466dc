// Conversations per day, with the handoffs in front.
import { language, text } from "../text";
import type { Metrics } from "../types";

const HEIGHT = 180;
const BAR = 34;
const GAP = 18;
const AXIS = 26;

export function DayChart({ days }: { days: Metrics["by_day"] }) {
  const words = text();
  const most = Math.max(1, ...days.map((day) => Math.max(day.conversations, day.handoffs)));
  const width = days.length * (BAR + GAP);
  const tall = (n: number) => (n / most) * (HEIGHT - 20);
  const name = (day: string) => new Date(`${day}T00:00`).toLocaleDateString(language.value, { month: "numeric", day: "numeric" });
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${HEIGHT + AXIS}`} role="img" aria-label={words.metrics.chart}>
        {days.map((day, at) => (
          <g key={day.day} transform={`translate(${at * (BAR + GAP) + GAP / 2} 0)`}>
            <title>{`${name(day.day)}: ${day.conversations} / ${day.handoffs}`}</title>
            <rect class="all" y={HEIGHT - tall(day.conversations)} width={BAR} height={tall(day.conversations)} rx="4" />
            <rect class="part" y={HEIGHT - tall(day.handoffs)} width={BAR} height={tall(day.handoffs)} rx="4" />
            <text class="value" x={BAR / 2} y={HEIGHT - tall(Math.max(day.conversations, day.handoffs)) - 5}>{day.conversations || ""}</text>
            <text x={BAR / 2} y={HEIGHT + 18}>{name(day.day)}</text>
          </g>
        ))}
      </svg>
      <figcaption>
        <span class="all">{words.metrics.conversations}</span>
        <span class="part">{words.metrics.handoffs}</span>
      </figcaption>
    </figure>
  );
}
