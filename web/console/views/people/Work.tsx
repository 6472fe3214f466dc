// How much each agent is given, which and when; and when they were at the desk.
import { useSignal } from "@preact/signals";
import { now, span } from "../../state/clock";
import { byDay, deskAgents, presence, saveWork } from "../../state/teams";
import { language, text, word } from "../../text";
import { settingsText } from "../../text/settings";
import { teamsText } from "../../text/teams";
import type { DeskAgent } from "../../types";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const CLOSED = "closed";
const MAX_CAPACITY = 100;

export function Work() {
  const words = teamsText();
  return (
    <section aria-labelledby="work">
      <h2 id="work">{words.work}</h2>
      <p class="meta">{words.workHint}</p>
      <ul class="articles">
        {deskAgents.value.map((agent) => (
          <li key={agent.id} class="worker" data-testid="worker" data-name={agent.name}>
            <div>
              <b>{agent.name}</b> <span class={`badge ${agent.availability === "online" ? "verified" : ""}`}>{word(words.availabilities, agent.availability)}</span>
              <p class="meta">{[words.load(agent.load, agent.capacity), ...agent.skills].join(" · ")}</p>
              <details>
                <summary aria-label={words.changeOf(agent.name)}>{words.change}</summary>
                <WorkForm agent={agent} />
                <Presence agent={agent.id} />
              </details>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

function WorkForm({ agent }: { agent: DeskAgent }) {
  const words = teamsText();
  const { days } = settingsText();
  const capacity = useSignal(agent.capacity);
  const skills = useSignal(agent.skills.join(language.value === "ja" ? "、" : ", "));
  const hours = useSignal<Record<string, string>>(agent.hours);
  const submit = (event: Event): void => {
    event.preventDefault();
    const worked = Object.entries(hours.value).filter(([, times]) => times.trim() && times !== CLOSED);
    const names = skills.value.split(/[,、]/).map((name) => name.trim()).filter(Boolean);
    void saveWork(agent.id, { capacity: capacity.value, skills: names, hours: Object.fromEntries(worked) });
  };
  return (
    <form class="line" aria-label={words.changeOf(agent.name)} onSubmit={submit}>
      <label>
        {words.capacity}
        <input type="number" required min={0} max={MAX_CAPACITY} value={capacity.value} onInput={(event) => (capacity.value = event.currentTarget.valueAsNumber)} data-testid="work-capacity" />
      </label>
      <label>
        {words.skills}
        <input value={skills.value} maxLength={400} onInput={(event) => (skills.value = event.currentTarget.value)} data-testid="work-skills" />
      </label>
      <fieldset class="work-week">
        <legend>{words.hours}</legend>
        {DAYS.map((day) => (
          <label key={day}>
            {days[day]}
            <input value={hours.value[day] === CLOSED ? "" : (hours.value[day] ?? "")} maxLength={200} onInput={(event) => (hours.value = { ...hours.value, [day]: event.currentTarget.value })} data-testid={`work-${day}`} />
          </label>
        ))}
      </fieldset>
      <button class="outline" aria-label={words.saveOf(agent.name)} data-testid="work-save">
        {words.save}
      </button>
    </form>
  );
}

function Presence({ agent }: { agent: string }) {
  const words = teamsText();
  const days = byDay(presence.value.filter((each) => each.agent === agent), new Date(now.value));
  const clock = new Intl.DateTimeFormat(language.value, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const date = new Intl.DateTimeFormat(language.value, { month: "short", day: "numeric", weekday: "short" });
  if (days.length === 0) return <p class="meta">{words.nothing}</p>;
  return (
    <div class="presence" data-testid="presence">
      <table>
        <caption>{words.presence}</caption>
        <thead>
          <tr>
            <th scope="col">{words.day}</th>
            <th scope="col">{words.spans}</th>
            <th scope="col">{words.total}</th>
          </tr>
        </thead>
        <tbody>
          {days.map(({ day, spans, seconds }) => (
            <tr key={day.getTime()}>
              <th scope="row">{date.format(day)}</th>
              <td>{spans.map(({ from, to, away }) => `${clock.format(from)}–${to ? clock.format(to) : words.stillHere}${away ? ` (${words.away})` : ""}`).join(", ")}</td>
              <td>{span(seconds.online, text())}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
