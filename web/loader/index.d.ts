/** Who has logged in; `signature` is made by your server (docs/contract.md). */
export interface Customer {
  id: string;
  name?: string;
  signature?: string;
}

export type AttributeValue = string | number | boolean | null;

export interface Events {
  open: undefined;
  close: undefined;
  /** How many messages have not been seen. */
  unread: number;
  /** Of the other side; plain text, to be shown as text. */
  message: { author: "assistant" | "agent" | "system"; text: string };
  state: "assistant" | "queued" | "agent" | "closed";
}

export interface LoadOptions {
  /** Where the service is, with its path if it has one: "https://assistant.example.jp". */
  url: string;
  /** "ja", "en", …; else that of the page. */
  lang?: string;
  customer?: Customer;
  /** Any CSS colour. */
  accent?: string;
  position?: "left" | "right";
  /** In the header, instead of the assistant's. */
  name?: string;
  logo?: string;
  /** "none": the page has a button of its own. */
  launcher?: "none";
  /** For a page whose policy asks for one. */
  nonce?: string;
}

/** Loads the chat once; called again it gives the same promise. */
export function load(options: LoadOptions): Promise<void>;

export function yorisoi(command: "open" | "close" | "logout"): void;
export function yorisoi(command: "identify", customer: Customer): void;
/** Opens the chat and says the words as the customer. */
export function yorisoi(command: "send", words: string): void;
/** What the page knows of its visitor; agents see it as claimed. null takes one away. */
export function yorisoi(command: "attributes", attributes: Record<string, AttributeValue>): void;
export function yorisoi<Name extends keyof Events>(command: "on", event: Name, listener: (detail: Events[Name]) => void): void;
