// Rules of messages that nobody asked for: which are on, what they did, and why not.
import { useEffect } from "preact/hooks";
import { type Proactive, type Rule, loadProactive, proactive, switchRule } from "../../state/proactive";
import { change, find, valueOf } from "../../state/settings";
import { text, word } from "../../text";
import { proactiveText } from "../../text/proactive";
import { channelName } from "../names";
import { Changed } from "./Changed";

const ON = "policy.proactive_on";

function Reasons({ name, counts }: { name: string; counts: Record<string, number> }) {
  const words = proactiveText();
  const rows = Object.entries(counts).sort(([, one], [, other]) => other - one);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {total}
        {total > 0 && <span class="meta"> ({rows.map(([why, count]) => `${word(words.reasons, why)} ${count}`).join("、")})</span>}
      </dd>
    </>
  );
}

function RuleRow({ rule, shown, disabled }: { rule: Rule; shown: Proactive; disabled: boolean }) {
  const words = proactiveText();
  const on = valueOf<string[]>(ON);
  const { told, told_wrote, held_out, held_out_wrote } = rule.effect;
  return (
    <li class="card" data-testid={`rule-${rule.name}`}>
      <label class="choice">
        <input type="checkbox" checked={on.includes(rule.name)} disabled={disabled} onChange={(event) => change(ON, switchRule(on, rule.name, event.currentTarget.checked))} data-testid={`rule-on-${rule.name}`} />
        <b>{word(words.names, rule.name)}</b>
      </label>
      <p class="meta">
        {words.events(rule.events.map((event) => word(words.eventNames, event)).join(words.and))}・{word(words.purposes, rule.purpose)}
        {rule.purpose === "tips" && `・${words.needsYes}`}
      </p>
      <dl>
        <dt>{words.sent}</dt>
        <dd>{rule.sent}</dd>
        <Reasons name={words.waiting} counts={rule.waiting} />
        <Reasons name={words.dropped} counts={rule.dropped} />
        {rule.holdout > 0 && (
          <>
            <dt>{words.heldOut}</dt>
            <dd>{rule.held_out}</dd>
          </>
        )}
      </dl>
      {rule.holdout > 0 && (
        <p class="meta">
          {words.holdout(`${Math.round(rule.holdout * 100)}%`)} {words.effect(shown.effect_days, words.of(told_wrote, told), words.of(held_out_wrote, held_out))}
        </p>
      )}
    </li>
  );
}

export function Notices() {
  const words = proactiveText();
  useEffect(() => void loadProactive(), []);
  const stored = find(ON);
  const shown = proactive.value;
  if (!stored || !shown) return null;
  return (
    <section aria-labelledby="notices">
      <h2 id="notices">{words.notices}</h2>
      <p class="meta">{words.lead(shown.days, shown.quiet_from, shown.quiet_until)}</p>
      {!shown.rules.length && <p>{words.none}</p>}
      <ul class="cards">
        {shown.rules.map((rule) => (
          <RuleRow key={rule.name} rule={rule} shown={shown} disabled={stored.in_file} />
        ))}
      </ul>
      <Changed name={words.notices} of={ON} stored={stored.change} inFile={stored.in_file} />
      {shown.quotas.map((each) => (
        <p key={each.channel + each.account} class="meta">
          <b>{words.quota(`${channelName(each.channel, text())} ${each.account}`.trim())}</b> {words.spent(each.support, each.proactive, each.total, each.reserve)}
        </p>
      ))}
    </section>
  );
}
