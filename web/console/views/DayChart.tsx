// Conversations per day, with the handoffs in front.
import { language, text } from "../text";
import type { Metrics } from "../types";

export function DayChart({ days }: { days: Metrics["by_day"] }) {
  const words = text();
  const most = Math.max(1, ...days.map((day) => Math.max(day.conversations, day.handoffs)));
  const tall = (n: number) => ({ height: `${(n / most) * 100}%` });
  const name = (day: string) => new Date(`${day}T00:00`).toLocaleDateString(language.value, { month: "numeric", day: "numeric" });
  return (
    <figure class="chart">
      <div class="days" role="img" aria-label={words.metrics.chart}>
        {days.map((day) => (
          <div key={day.day} class="day" title={`${name(day.day)}: ${day.conversations} / ${day.handoffs}`}>
            <b>{day.conversations || ""}</b>
            <div class="bar">
              <i class="all" style={tall(day.conversations)} />
              <i class="part" style={tall(day.handoffs)} />
            </div>
            <span>{name(day.day)}</span>
          </div>
        ))}
      </div>
      <figcaption>
        <span class="all">{words.metrics.conversations}</span>
        <span class="part">{words.metrics.handoffs}</span>
      </figcaption>
    </figure>
  );
}
