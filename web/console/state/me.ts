// Who is logged in, and every call to the agent API made in their name.
import { signal } from "@preact/signals";
import { ApiError, call, download, upload } from "../../shared/http";
import type { Schemas } from "../../shared/types";
import type { Me } from "../types";

export type SignIn = Schemas["SignInOut"];

export type Standing = "unknown" | "out" | "in" | "expired" | "unreachable";

export const standing = signal<Standing>("unknown");
export const me = signal<Me | null>(null);
let csrf = "";

const API = "/v1/agent";

export function enter({ agent, csrf: token }: SignIn): void {
  const before = me.value;
  // Another person on this screen must not inherit what the first one had open.
  if (before && before.id !== agent.id) return location.reload();
  me.value = agent;
  csrf = token ?? "";
  standing.value = "in";
}

export async function recognise(): Promise<void> {
  try {
    enter(await call<SignIn>("GET", `${API}/me`, {}));
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    standing.value = problem.status === 401 ? "out" : "unreachable";
  }
}

export async function logIn(email: string, password: string): Promise<void> {
  enter(await call<SignIn>("POST", `${API}/login`, {}, { email, password }));
}

/** Whether agents may sign in through a provider here. */
export const findProvider = (): Promise<boolean> =>
  call<Schemas["OidcOut"]>("GET", `${API}/oidc`, {}).then(
    ({ available }) => available,
    () => false,
  );

/** Choose a password by an invitation; whoever was signed in here before is no longer. */
export async function acceptInvitation(secret: string, password: string): Promise<void> {
  me.value = null;
  enter(await call<SignIn>("POST", `${API}/invitation`, {}, { secret, password }));
}

export async function logOut(): Promise<void> {
  await post("/logout");
  location.reload();
}

export function expire(): void {
  if (standing.value === "in") standing.value = "expired";
}

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (problem) {
    if (problem instanceof ApiError && problem.status === 401) expire();
    throw problem;
  }
}

export const get = <T>(path: string): Promise<T> => guarded(call<T>("GET", API + path, {}));
export const uploadFile = <T>(path: string, file: File): Promise<T> => guarded(upload<T>(API + path, { "X-CSRF-Token": csrf }, file));
export const downloadFile = (path: string): Promise<void> => guarded(download(API + path, { "X-CSRF-Token": csrf }));
export const remove = (path: string): Promise<null> => guarded(call<null>("DELETE", API + path, { "X-CSRF-Token": csrf }));
export const post = <T>(path: string, body: unknown = {}, patience?: number): Promise<T> =>
  guarded(call<T>("POST", API + path, { "X-CSRF-Token": csrf }, body, patience));
