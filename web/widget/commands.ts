// The page's own calls: yorisoi("open"), queued until the script is there; and what it may listen to.
import { effect } from "@preact/signals";
import type { Attributes } from "./api";
import type { Customer } from "./config";
import type { Chat } from "./context";

type Listener = (detail: unknown) => void;
type Queue = ((...call: unknown[]) => void) & { q?: ArrayLike<unknown>[] };

/** Runs what the page has queued, and from now on what it calls. A wrong call is told in its console, no more. */
export function takeCommands({ session, open }: Chat, target: { yorisoi?: Queue } = window as never): void {
  const listeners: Record<string, Listener[]> = { open: [], close: [], unread: [], message: [], state: [] };
  const attempt = (name: unknown, action: () => void) => {
    try {
      action();
    } catch (problem) {
      console.warn("yorisoi", name, problem);
    }
  };
  const tell = (name: string, detail?: unknown) => listeners[name]!.forEach((each) => attempt(name, () => each(detail)));

  const commands: Record<string, (...values: never[]) => void> = {
    open: () => (open.value = true),
    close: () => (open.value = false),
    identify: (customer: Customer) => session.identify(customer),
    logout: () => session.logout(),
    attributes: (attributes: Attributes) => session.tellAttributes(attributes),
    send: (words: string) => {
      open.value = true;
      session.send(String(words));
    },
    on: (name: string, listener: Listener) => listeners[name]!.push(listener),
  };
  const run = (name: unknown, ...values: unknown[]) => attempt(name, () => commands[String(name)]!(...(values as never[])));

  const queued = target.yorisoi?.q ?? [];
  target.yorisoi = run;
  for (const call of Array.from(queued)) run(...(Array.from(call) as [unknown]));

  let first = true;
  const whenChanged = (look: () => () => void) =>
    effect(() => {
      const announce = look();
      if (!first) announce();
    });
  whenChanged(() => ((shown) => () => tell(shown ? "open" : "close"))(open.value));
  whenChanged(() => ((count) => () => tell("unread", count))(session.unread.value));
  whenChanged(() => ((state) => () => tell("state", state))(session.state.value));
  whenChanged(() => ((said) => () => said && tell("message", { author: said.author, text: said.text }))(session.spoken.value));
  first = false;
}
