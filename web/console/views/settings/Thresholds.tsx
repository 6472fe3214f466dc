// The numbers behind the decisions, and what recent conversations would look like with others.
import { useSignal } from "@preact/signals";
import { addressOf } from "../../state/route";
import { change, find, pending, type Replay, replay, valueOf } from "../../state/settings";
import { word } from "../../text";
import { settingsText } from "../../text/settings";
import { Changed } from "./Changed";

// The least and the most, as the service takes them.
const WHOLE: Record<string, [number, number]> = { max_guided_turns: [1, 100], max_failed_turns: [1, 100], offer_again_turns: [1, 100], queue_limit: [1, 100_000], callback_slots: [0, 100], presence_seconds: [60, 86_400] };

export function Thresholds() {
  const words = settingsText();
  const found = useSignal<Replay | null>(null);
  const busy = useSignal(false);
  const changed = Object.keys(pending.value).some((key) => key.startsWith("policy."));
  const run = async (): Promise<void> => {
    busy.value = true;
    found.value = await replay();
    busy.value = false;
  };
  return (
    <section aria-labelledby="thresholds">
      <h2 id="thresholds">{words.sections.thresholds}</h2>
      <div class="thresholds">
        {Object.keys(words.policy).map((name) => (
          <Threshold key={name} name={name} />
        ))}
      </div>
      <div class="trial">
        <button type="button" class="outline" disabled={!changed || busy.value} onClick={() => void run()} data-testid="try-thresholds">
          {words.tryThresholds}
        </button>
        <p class="meta">{changed ? words.tryHint : words.nothingToTry}</p>
        <div role="status">
          {busy.value && <p>{words.trying}</p>}
          {found.value && !busy.value && <ReplayResult replay={found.value} />}
        </div>
      </div>
    </section>
  );
}

function Threshold({ name }: { name: string }) {
  const words = settingsText();
  const key = `policy.${name}`;
  const setting = find(key);
  if (!setting) return null;
  const [label, effect] = words.policy[name]!;
  const whole = WHOLE[name];
  const value = valueOf<number>(key);
  const set = (typed: string): void => {
    if (typed !== "" && Number.isFinite(Number(typed))) change(key, Number(typed));
  };
  const limits = whole ? { min: whole[0], max: whole[1], step: 1 } : { min: 0, max: 1, step: 0.01 };
  return (
    <div class="threshold" data-testid={`threshold-${name}`}>
      <label for={name}>{label}</label>
      <div class="numbers">
        {!whole && <input type="range" {...limits} value={value} disabled={setting.in_file} aria-label={label} onInput={(event) => set(event.currentTarget.value)} />}
        <input id={name} type="number" {...limits} value={value} disabled={setting.in_file} aria-describedby={`${name}-effect`} onInput={(event) => set(event.currentTarget.value)} data-testid={`setting-${key}`} />
      </div>
      <p class="meta" id={`${name}-effect`}>
        {effect} {words.standard(String(setting.default))}
      </p>
      <Changed name={label} of={key} stored={setting.change} inFile={setting.in_file} />
    </div>
  );
}

function ReplayResult({ replay }: { replay: Replay }) {
  const words = settingsText();
  if (!replay.turns) return <p>{words.noReplay}</p>;
  const shown = (decision: string): string => word(words.decisions, decision);
  return (
    <div data-testid="replay">
      <p>
        {words.replayed(replay.conversations, replay.turns)} <b>{replay.changed ? words.changedTurns(replay.changed) : words.unchanged}</b>
      </p>
      <p class="meta">{words.approximate}</p>
      {replay.changed > 0 && (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">{words.kind}</th>
                <th scope="col">{words.count}</th>
              </tr>
            </thead>
            <tbody>
              {replay.kinds.map(([before, after, count]) => (
                <tr key={`${before} ${after}`}>
                  <td>{words.becomes(shown(before), shown(after))}</td>
                  <td>{count}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <h3>{words.example}</h3>
          <ul class="articles">
            {replay.examples.map((one, place) => (
              <li key={place}>
                <div>
                  <a href={addressOf(one.conversation)}>{one.text || words.noText}</a>
                  <p class="meta">{words.becomes(shown(one.before), shown(one.after))}</p>
                </div>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
