// What is going on now: counted again when the event stream tells of a change, at most every few seconds.
import { useEffect } from "preact/hooks";
import { now, span } from "../../state/clock";
import { live, loadLive } from "../../state/insight";
import { happened } from "../../state/live";
import { language, text } from "../../text";
import { insightText } from "../../text/insight";

const LEAST_MS = 3_000;
/** Deadlines come near by themselves. */
const AGAIN_MS = 30_000;

function useLiveFigures(): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = null;
        if (!document.hidden) void loadLive();
      }, LEAST_MS);
    };
    void loadLive();
    let first = true;
    const stop = happened.subscribe(() => (first ? (first = false) : soon()));
    const again = setInterval(soon, AGAIN_MS);
    return () => {
      stop();
      clearInterval(again);
      if (timer) clearTimeout(timer);
    };
  }, []);
}

export function Live() {
  useLiveFigures();
  const words = insightText();
  const shown = live.value;
  if (!shown) return null;
  const waited = shown.waiting_since ? span((now.value - Date.parse(shown.waiting_since)) / 1000, text()) : "–";
  const problems = Object.entries(shown.problems ?? {});
  const health = shown.problems === null ? words.unknown : problems.length ? problems.map(([part]) => part).join(", ") : words.allWell;
  const { online = 0, away = 0 } = shown.agents;
  const figures: [string, string, string, string][] = [
    ["waiting", words.live.waiting, String(shown.waiting), ""],
    ["longest", words.live.longest, waited, ""],
    ["with_agent", words.live.withAgent, String(shown.with_agent), ""],
    ["sla", words.live.sla, String(shown.sla_near), words.overdueNow(shown.sla_over)],
    ["agents", words.live.agents, String(online), words.agentsNow(away, shown.load, shown.capacity)],
    ["frustrated", words.live.frustrated, String(shown.frustrated), words.ofActive(shown.active)],
    ["health", words.live.health, health, ""],
  ];
  return (
    <section aria-labelledby="live">
      <h2 id="live">{words.live.title}</h2>
      <dl class="figures live" data-testid="live-figures">
        {figures.map(([key, name, value, note]) => (
          <div class="figure" key={key} data-testid={`live-${key}`}>
            <dt>{name}</dt>
            <dd>
              {value}
              {note && <small>{note}</small>}
              <small class="meaning">{shown.definitions[key]?.[language.value === "ja" ? "ja" : "en"]}</small>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
