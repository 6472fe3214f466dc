// Frustration turn by turn, 0 at the bottom, 1 at the top, with the line at which a person is called.
import { text } from "../text";

const WIDTH = 300;
const HEIGHT = 64;
const EDGE = 6;

export function Sparkline({ values, threshold }: { values: number[]; threshold: number | null }) {
  const x = (at: number) => EDGE + (at * (WIDTH - 2 * EDGE)) / Math.max(1, values.length - 1);
  const y = (value: number) => HEIGHT - EDGE - value * (HEIGHT - 2 * EDGE);
  const label = text().packet.moodLabel(values.map((value) => Math.round(value * 100)).join(", "));
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {threshold !== null && <path class="threshold" d={`M0 ${y(threshold)}H${WIDTH}`} />}
      <polyline points={values.map((value, at) => `${x(at)},${y(value)}`).join(" ")} />
      {values.map((value, at) => (
        <circle key={at} class={threshold !== null && value >= threshold ? "over" : ""} cx={x(at)} cy={y(value)} r="4" />
      ))}
    </svg>
  );
}
