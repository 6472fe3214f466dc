// Leads make teams: who is in them, which conversations they take, and how these are given.
import { useSignal } from "@preact/signals";
import { deskAgents, removeTeam, saveTeam, type Team, teams } from "../../state/teams";
import { text, word } from "../../text";
import { teamsText } from "../../text/teams";

type Fields = Omit<Team, "id">;

const ASSIGNMENTS = ["manual", "round_robin", "least_loaded"] as const;
const EMPTY: Fields = { name: "", assignment: "manual", language: null, channel: null, members: [] };

export function Teams() {
  const words = teamsText();
  return (
    <section aria-labelledby="teams">
      <h2 id="teams">{words.teams}</h2>
      <p class="meta">{words.hint}</p>
      {teams.value.map((team) => (
        <TeamForm key={team.id} team={team} />
      ))}
      <TeamForm team={null} />
    </section>
  );
}

function TeamForm({ team }: { team: Team | null }) {
  const words = teamsText();
  const { languages, channels } = text();
  const fields = useSignal<Fields>(team ?? EMPTY);
  const set = (part: Partial<Fields>): void => void (fields.value = { ...fields.value, ...part });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if ((await saveTeam({ ...fields.value, id: team?.id ?? null })) && !team) fields.value = EMPTY;
  };
  const { name, assignment, language, channel, members } = fields.value;
  const title = team?.name ?? words.newTeam;
  return (
    <form class="line team-form" aria-label={title} onSubmit={(event) => void submit(event)} data-testid={team ? "team-form" : "new-team"}>
      <h3>{title}</h3>
      <label>
        {words.name}
        <input required maxLength={60} value={name} onInput={(event) => set({ name: event.currentTarget.value })} data-testid="team-name" />
      </label>
      <label>
        {words.assignment}
        <select value={assignment} onChange={(event) => set({ assignment: event.currentTarget.value as Fields["assignment"] })} data-testid="team-assignment">
          {ASSIGNMENTS.map((each) => (
            <option key={each} value={each}>
              {word(words.assignments, each)}
            </option>
          ))}
        </select>
      </label>
      <Only label={words.language} value={language} choices={languages} onChoose={(chosen) => set({ language: chosen })} />
      <Only label={words.channel} value={channel} choices={channels} onChoose={(chosen) => set({ channel: chosen })} />
      <fieldset class="members">
        <legend>{words.members}</legend>
        {deskAgents.value.map((agent) => (
          <label key={agent.id} class="choice">
            <input
              type="checkbox"
              checked={members.includes(agent.id)}
              onChange={(event) => set({ members: event.currentTarget.checked ? [...members, agent.id] : members.filter((id) => id !== agent.id) })}
              data-testid="team-member"
            />
            {agent.name}
          </label>
        ))}
      </fieldset>
      <button class={team ? "outline" : "solid"} aria-label={team ? words.saveOf(team.name) : undefined} data-testid="team-save">
        {team ? words.save : words.add}
      </button>
      {team && (
        <button type="button" class="text" aria-label={words.removeOf(team.name)} onClick={() => void removeTeam(team)} data-testid="team-remove">
          {words.remove}
        </button>
      )}
    </form>
  );
}

interface OnlyProps {
  label: string;
  value: string | null;
  choices: Record<string, string>;
  onChoose: (value: string | null) => void;
}

function Only({ label, value, choices, onChoose }: OnlyProps) {
  return (
    <label>
      {label}
      <select value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value || null)}>
        <option value="">{teamsText().any}</option>
        {Object.entries(choices).map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
