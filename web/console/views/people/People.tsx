// One's own account for everybody, teams and work for leads, the team's accounts for administrators.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { me } from "../../state/me";
import { loadTeams } from "../../state/teams";
import { changePassword, endHeld, held, loadPeople, makeToken } from "../../state/people";
import "../../styles/knowledge.css";
import "../../styles/people.css";
import { word } from "../../text";
import { peopleText } from "../../text/people";
import { time } from "../knowledge/days";
import { Once } from "./Once";
import { Team } from "./Team";
import { Teams } from "./Teams";
import { Work } from "./Work";

const MIN_PASSWORD = 10;

export function People() {
  const words = peopleText();
  useEffect(() => {
    void loadPeople();
    if (me.value?.lead) void loadTeams();
  }, []);
  const own = me.value;
  return (
    <main class="knowledge team" tabIndex={0} data-testid="people">
      <h1>{words.title}</h1>
      {own?.lead && <Teams />}
      {own?.lead && <Work />}
      {own?.admin && <Team />}
      <section aria-labelledby="you">
        <h2 id="you">{words.you}</h2>
        <p class="meta">{own && words.signedInAs(own.name, word(words.roles, own.role))}</p>
        <Password />
        <Tokens />
      </section>
    </main>
  );
}

function Password() {
  const words = peopleText();
  const current = useSignal("");
  const fresh = useSignal("");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await changePassword(current.value, fresh.value)) current.value = fresh.value = "";
  };
  return (
    <form class="line" aria-label={words.password} onSubmit={(event) => void submit(event)}>
      <h3>{words.password}</h3>
      <label>
        {words.current}
        <input type="password" autocomplete="current-password" required value={current.value} onInput={(event) => (current.value = event.currentTarget.value)} data-testid="password-current" />
      </label>
      <label>
        {words.fresh}
        <input type="password" autocomplete="new-password" required minLength={MIN_PASSWORD} value={fresh.value} onInput={(event) => (fresh.value = event.currentTarget.value)} data-testid="password-new" />
      </label>
      <button class="outline" data-testid="password-change">
        {words.change}
      </button>
    </form>
  );
}

function Tokens() {
  const words = peopleText();
  const label = useSignal("");
  const days = useSignal(365);
  const made = useSignal<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    made.value = await makeToken(label.value, days.value);
    if (made.value) label.value = "";
  };
  return (
    <>
      <form class="line" aria-label={words.newToken} onSubmit={(event) => void submit(event)}>
        <h3>{words.newToken}</h3>
        <label>
          {words.tokenLabel}
          <input required maxLength={80} value={label.value} onInput={(event) => (label.value = event.currentTarget.value)} data-testid="token-label" />
        </label>
        <label>
          {words.tokenDays}
          <input type="number" required min={1} max={3650} value={days.value} onInput={(event) => (days.value = Number(event.currentTarget.value))} />
        </label>
        <button class="outline" data-testid="token-make">
          {words.make}
        </button>
      </form>
      {made.value && <Once lead={words.tokenOnce} value={made.value} testid="token-once" />}
      <h3>{words.sessions}</h3>
      <ul class="articles">
        {held.value.map((one) => {
          const what = one.label || word({ session: words.session, token: words.token }, one.kind);
          return (
            <li key={one.id} data-testid={`held-${one.kind}`}>
              <div>
                <b>{what}</b> {one.current && <span class="badge verified">{words.thisOne}</span>}
                <p class="meta">{[one.kind === "token" && words.token, words.since(time(one.created_at)), one.expires_at && words.until(time(one.expires_at))].filter(Boolean).join(" · ")}</p>
              </div>
              {!one.current && (
                <button class="text" aria-label={words.endOf(what, time(one.created_at))} onClick={() => void endHeld(one)} data-testid="end-held">
                  {words.end}
                </button>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}
