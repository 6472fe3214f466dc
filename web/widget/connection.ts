// Keeps one event stream alive while it is useful: a tab in view always listens, and of the hidden
// tabs only one, since a browser allows few connections per host.
import { type ServerEvent, type Stream, openStream } from "../shared/sse";
import { type Api, type Ticket, bearer } from "./api";

interface Listener {
  ticket: Ticket;
  lastId: () => string | null;
  on: (event: ServerEvent) => void;
  onUp: (connected: boolean) => void;
  onRefused: () => void;
}

export interface Connection {
  close(): void;
  wake(): void;
}

export function connect(api: Api, listener: Listener): Connection {
  const { ticket, lastId, on, onUp, onRefused } = listener;
  let stream: Stream | null = null;
  let giveUpLock = () => {};
  let closed = false;

  function listen(): void {
    stream ??= openStream({ url: api.eventsUrl(ticket), headers: () => bearer(ticket), lastId, on, onUp, onRefused });
  }
  function rest(): void {
    stream?.close();
    stream = null;
  }
  const untilReleased = () => new Promise<void>((resolve) => (giveUpLock = resolve));

  function hidden(): void {
    if (!navigator.locks) return rest();
    void navigator.locks.request(`yorisoi:${ticket.id}`, { ifAvailable: true }, (lock) => {
      // The lock may come late: a conversation that was left is not listened to again.
      if (closed || !document.hidden) return;
      if (!lock) return rest();
      listen();
      return untilReleased();
    });
  }
  function visible(): void {
    giveUpLock();
    listen();
    stream?.wake();
  }
  const changed = () => (document.hidden ? hidden() : visible());

  document.addEventListener("visibilitychange", changed);
  changed();
  return {
    wake: () => stream?.wake(),
    close() {
      closed = true;
      document.removeEventListener("visibilitychange", changed);
      giveUpLock();
      rest();
    },
  };
}
