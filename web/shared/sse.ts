// Server-sent events over fetch, because EventSource cannot carry an Authorization header
// and hides the status of a refused connection.
import { type Pause, backoff, pause } from "./backoff";

export interface ServerEvent {
  event: string;
  data: string;
  id: string | null;
}

/** Feed it text as it arrives; it calls back once per complete event. */
export function eventParser(emit: (event: ServerEvent) => void): (text: string) => void {
  let rest = "";
  let event = "";
  let data: string[] = [];
  let id: string | null = null;

  function dispatch(): void {
    if (data.length) emit({ event: event || "message", data: data.join("\n"), id });
    event = "";
    data = [];
    id = null;
  }

  function line(text: string): void {
    if (!text) return dispatch();
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    else if (field === "data") data.push(value);
    else if (field === "id") id = value;
  }

  return (text) => {
    rest += text;
    // A carriage return at the very end may be half of CRLF: leave it for the next piece.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    lines.forEach(line);
  };
}

interface StreamOptions {
  url: string;
  headers: () => Record<string, string>;
  lastId: () => string | null;
  on: (event: ServerEvent) => void;
  onUp: (connected: boolean) => void;
  /** The server refused for good (401, 403, 404): no retry happens. */
  onRefused: (status: number) => void;
}

export interface Stream {
  close(): void;
  /** Try again now instead of waiting for the backoff. */
  wake(): void;
}

/** The server sends a comment at least every 15 s: silence for longer means that the line is dead. */
const SILENCE_MS = 40_000;
const FINAL = [400, 401, 403, 404];

export function openStream(options: StreamOptions): Stream {
  let closed = false;
  let tries = 0;
  let resting: Pause | null = null;
  let line: AbortController | null = null;

  async function read(response: Response, abort: AbortController): Promise<void> {
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const parse = eventParser(options.on);
    for (;;) {
      const watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(watchdog));
      if (done || closed) return;
      tries = 0;
      parse(value);
    }
  }

  async function connect(): Promise<void> {
    line = new AbortController();
    const last = options.lastId();
    const headers = { Accept: "text/event-stream", ...options.headers(), ...(last && { "Last-Event-ID": last }) };
    const response = await fetch(options.url, { headers, signal: line.signal, cache: "no-store" });
    if (closed) return;
    if (FINAL.includes(response.status)) {
      closed = true;
      return options.onRefused(response.status);
    }
    if (!response.ok || !response.body) return;
    options.onUp(true);
    await read(response, line);
  }

  async function run(): Promise<void> {
    while (!closed) {
      await connect().catch(() => undefined);
      if (closed) return;
      options.onUp(false);
      resting = pause(backoff(tries++));
      await resting.done;
    }
  }

  void run();
  return {
    close() {
      closed = true;
      line?.abort();
      resting?.end();
    },
    wake() {
      tries = 0;
      resting?.end();
    },
  };
}
