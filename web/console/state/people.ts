// The team's accounts, and one's own password, sessions and tokens.
import { signal } from "@preact/signals";
import { ApiError } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import { peopleText } from "../text/people";
import { explain } from "./articles";
import { enter, get, me, post, remove, type SignIn } from "./me";
import { say } from "./toast";

export type Person = Schemas["PersonOut"];
export type Role = Person["role"];
type Held = Schemas["CredentialOut"];

export const people = signal<Person[]>([]);
export const held = signal<Held[]>([]);
/** Shown once: for whom, and the link. */
export const link = signal<{ name: string; link: string } | null>(null);

const told = (problem: unknown): string =>
  problem instanceof ApiError && problem.code === "last_admin" ? peopleText().lastAdmin : explain(problem);

async function attempt<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (problem) {
    say(told(problem), true);
    return null;
  }
}

export async function loadPeople(): Promise<void> {
  const own = await attempt(get<Schemas["CredentialsOut"]>("/credentials"));
  if (own) held.value = own.credentials;
  if (!me.value?.admin) return;
  const found = await attempt(get<Schemas["PeopleOut"]>("/people"));
  if (found) people.value = found.people;
}

export async function invite(person: { name: string; email: string; role: Role }): Promise<boolean> {
  const made = await attempt(post<Schemas["InvitationOut"]>("/people", person));
  if (!made) return false;
  link.value = { name: person.name, link: made.link };
  await loadPeople();
  return true;
}

export async function renewLink(person: Person): Promise<void> {
  const made = await attempt(post<Schemas["InvitationOut"]>(`/people/${person.id}/invite`));
  if (made) link.value = { name: person.name, link: made.link };
}

export async function changePerson(person: Person, act: "role" | "disable" | "enable" | "revoke", body: unknown = {}): Promise<void> {
  const changed = await attempt(post<Schemas["PeopleOut"]>(`/people/${person.id}/${act}`, body));
  if (!changed) return loadPeople();
  people.value = changed.people;
  say(act === "disable" ? peopleText().disableDone : peopleText().done);
}

export async function changePassword(current: string, password: string): Promise<boolean> {
  try {
    enter(await post<SignIn>("/password", { current, password }));
    say(peopleText().changed);
    await loadPeople();
    return true;
  } catch (problem) {
    say(problem instanceof ApiError && problem.body.reason === "password" ? peopleText().wrongPassword : explain(problem), true);
    return false;
  }
}

export async function makeToken(label: string, days: number): Promise<string | null> {
  const made = await attempt(post<Schemas["TokenOut"]>("/tokens", { label, days }));
  await loadPeople();
  return made?.token ?? null;
}

export async function endHeld(one: Held): Promise<void> {
  if ((await attempt(remove(`/credentials/${one.id}`).then(() => true))) === null) return;
  say(peopleText().ended);
  await loadPeople();
}
