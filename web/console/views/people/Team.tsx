// The team's accounts: who is there, in which role, and the invitation of more.
import { useSignal } from "@preact/signals";
import { changePerson, invite, link, people, type Person, renewLink, type Role } from "../../state/people";
import { word } from "../../text";
import { peopleText } from "../../text/people";
import { time } from "../knowledge/days";
import { Once } from "./Once";

const ROLES: Role[] = ["agent", "lead", "admin"];

export function Team() {
  const words = peopleText();
  return (
    <section aria-labelledby="team">
      <h2 id="team">{words.team}</h2>
      <Invite />
      {link.value && <Once lead={words.linkOnce(link.value.name)} value={link.value.link} testid="invite-link" />}
      <ul class="articles">
        {people.value.map((person) => (
          <Row key={person.id} person={person} />
        ))}
      </ul>
    </section>
  );
}

function Invite() {
  const words = peopleText();
  const name = useSignal("");
  const email = useSignal("");
  const role = useSignal<Role>("agent");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (await invite({ name: name.value, email: email.value, role: role.value })) name.value = email.value = "";
  };
  return (
    <form class="line" aria-label={words.invite} onSubmit={(event) => void submit(event)}>
      <h3>{words.invite}</h3>
      <label>
        {words.name}
        <input required maxLength={80} value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} data-testid="invite-name" />
      </label>
      <label>
        {words.email}
        <input type="email" required maxLength={255} autocomplete="off" value={email.value} onInput={(event) => (email.value = event.currentTarget.value)} data-testid="invite-email" />
      </label>
      <label>
        {words.role}
        <Roles chosen={role.value} label={words.role} onChoose={(chosen) => (role.value = chosen)} testid="invite-role" />
      </label>
      <button class="solid" data-testid="invite-send">
        {words.send}
      </button>
      <p class="meta hint">{words.roleHints[role.value]}</p>
    </form>
  );
}

interface RolesProps {
  chosen: Role;
  label: string;
  onChoose: (role: Role) => void;
  testid: string;
}

function Roles({ chosen, label, onChoose, testid }: RolesProps) {
  const words = peopleText();
  return (
    <select aria-label={label} value={chosen} onChange={(event) => onChoose(event.currentTarget.value as Role)} data-testid={testid}>
      {ROLES.map((role) => (
        <option key={role} value={role}>
          {word(words.roles, role)}
        </option>
      ))}
    </select>
  );
}

function Row({ person }: { person: Person }) {
  const words = peopleText();
  const facts = [person.email, person.seen_at ? words.seen(time(person.seen_at)) : words.neverSeen, words.held(person.sessions, person.tokens)];
  return (
    <li data-testid="person" data-email={person.email}>
      <div>
        <b>{person.name}</b>{" "}
        {person.disabled && <span class="badge high">{words.disabled}</span>}
        {person.invited_until && <span class="badge rule">{words.invited(time(person.invited_until))}</span>}
        <p class="meta">{facts.join(" · ")}</p>
      </div>
      <div class="acts">
        <Roles chosen={person.role} label={words.roleOf(person.name)} onChoose={(role) => void changePerson(person, "role", { role })} testid="person-role" />
        {person.disabled ? (
          <button class="text" aria-label={words.enableOf(person.name)} onClick={() => void changePerson(person, "enable")} data-testid="enable">
            {words.enable}
          </button>
        ) : (
          <>
            <button class="text" aria-label={words.newLinkOf(person.name)} onClick={() => void renewLink(person)} data-testid="new-link">
              {words.newLink}
            </button>
            <button class="text" aria-label={words.signOutOf(person.name)} onClick={() => void changePerson(person, "revoke")}>
              {words.signOut}
            </button>
            <button class="text" aria-label={words.disableOf(person.name)} onClick={() => void changePerson(person, "disable")} data-testid="disable">
              {words.disable}
            </button>
          </>
        )}
      </div>
    </li>
  );
}
