// By when people answer: rules in order, of which the first that applies holds.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Schemas } from "../../../shared/types";
import { get } from "../../state/me";
import { change, find, valueOf } from "../../state/settings";
import { text } from "../../text";
import { slaText } from "../../text/sla";
import { Changed } from "./Changed";

type Team = Schemas["TeamOut"];
const TARGETS = ["first_reply", "next_reply", "resolution"] as const;
const KEY = "policy.sla";
const MAX_MINUTES = 129_600;
const USUAL_MINUTES = 60;

export interface Rule extends Partial<Record<"priority" | "team" | "channel", string>>, Partial<Record<(typeof TARGETS)[number], number>> {
  name: string;
  around_the_clock?: boolean;
}

export function Deadlines() {
  const words = slaText();
  const setting = find(KEY);
  const teams = useSignal<Team[]>([]);
  useEffect(() => void get<{ teams: Team[] }>("/teams").then((found) => (teams.value = found.teams)).catch(() => undefined), []);
  if (!setting) return null;
  const rules = valueOf<Rule[]>(KEY);
  const put = (at: number, part: Partial<Rule>): void => change(KEY, rules.map((rule, i) => (i === at ? { ...rule, ...part } : rule)));
  const add = (): void => change(KEY, [...rules, { name: words.newName(rules.length + 1), first_reply: USUAL_MINUTES }]);
  const up = (at: number): void => change(KEY, rules.map((rule, i) => (i === at - 1 ? rules[at]! : i === at ? rules[at - 1]! : rule)));
  return (
    <section aria-labelledby="sla">
      <h2 id="sla">{words.title}</h2>
      <p class="meta">{words.hint}</p>
      <fieldset class="all" disabled={setting.in_file}>
        {rules.length === 0 && <p>{words.none}</p>}
        {rules.map((rule, at) => (
          <RuleFields key={at} at={at} rule={rule} teams={teams.value} onChange={(part) => put(at, part)} onUp={() => up(at)} onRemove={() => change(KEY, rules.filter((_, i) => i !== at))} />
        ))}
        <button type="button" class="outline" onClick={add} data-testid="sla-add">
          {words.add}
        </button>
      </fieldset>
      <Changed name={words.title} of={KEY} stored={setting.change} inFile={setting.in_file} />
    </section>
  );
}

interface RuleProps {
  at: number;
  rule: Rule;
  teams: Team[];
  onChange: (part: Partial<Rule>) => void;
  onUp: () => void;
  onRemove: () => void;
}

function RuleFields({ at, rule, teams, onChange, onUp, onRemove }: RuleProps) {
  const words = slaText();
  const { priority, channels } = text();
  const named: [string, string][] = teams.map((team) => [team.id, team.name]);
  const isKnown = !rule.team || teams.some((team) => team.id === rule.team);
  const byName = teams.find((team) => team.name === rule.team);
  const ofTeam: [string, string][] = isKnown || teams.length === 0 ? named : [...named, [rule.team!, byName?.name ?? words.goneTeam]];
  return (
    <fieldset class="card sla-rule" data-testid="sla-rule">
      <legend class="unseen">{words.rule(at + 1)}</legend>
      <label class="field">
        {words.name}
        <input required maxLength={60} value={rule.name} onInput={(event) => onChange({ name: event.currentTarget.value })} data-testid="sla-name" />
      </label>
      <Scope label={words.priority} value={rule.priority} choices={Object.entries(priority)} onChoose={(value) => onChange({ priority: value })} testid="sla-priority" />
      <Scope label={words.team} value={rule.team} choices={ofTeam} onChoose={(value) => onChange({ team: value })} testid="sla-team" />
      <Scope label={words.channel} value={rule.channel} choices={Object.entries(channels)} onChoose={(value) => onChange({ channel: value })} testid="sla-channel" />
      {TARGETS.map((target) => (
        <label key={target} class="field">
          {words.minutes[target]}
          <input type="number" min={1} max={MAX_MINUTES} value={rule[target] ?? ""} onInput={(event) => onChange({ [target]: event.currentTarget.valueAsNumber || undefined })} data-testid={`sla-${target}`} />
        </label>
      ))}
      <label class="choice">
        <input type="checkbox" checked={rule.around_the_clock ?? false} onChange={(event) => onChange({ around_the_clock: event.currentTarget.checked })} data-testid="sla-always" />
        {words.always}
      </label>
      <div class="buttons-row">
        {at > 0 && (
          <button type="button" class="text" aria-label={words.up(rule.name)} onClick={onUp} data-testid="sla-up">
            {words.upShort}
          </button>
        )}
        <button type="button" class="text" aria-label={words.remove(rule.name)} onClick={onRemove} data-testid="sla-remove">
          {words.removeShort}
        </button>
      </div>
    </fieldset>
  );
}

interface ScopeProps {
  label: string;
  value: string | undefined;
  choices: [string, string][];
  onChoose: (value: string | undefined) => void;
  testid: string;
}

function Scope({ label, value, choices, onChoose, testid }: ScopeProps) {
  return (
    <label class="field">
      {label}
      <select value={value ?? ""} onChange={(event) => onChoose(event.currentTarget.value || undefined)} data-testid={testid}>
        <option value="">{slaText().any}</option>
        {choices.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
