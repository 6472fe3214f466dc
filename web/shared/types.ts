// The API's shapes as both products read them. No behaviour here.
export type Author = "customer" | "assistant" | "agent" | "system";
export type State = "assistant" | "queued" | "agent" | "closed";
export type Language = "ja" | "en";

export interface Citation {
  n: number;
  article: string;
  title: string;
  url: string | null;
  quote: string;
}

export interface Choice {
  label: string;
  value: string;
}

export interface Message {
  id: string;
  seq: number;
  author: Author;
  text: string;
  html: string;
  citations: Citation[];
  buttons: Choice[];
  created_at: string;
  lang: string | null;
  agent: { name: string } | null;
  kind: string;
  media?: Media[];
}

export interface Media {
  id: string;
  kind: "image" | "video" | "audio" | "file";
  name: string;
  type: string | null;
  size: number | null;
  error: string | null;
}

export interface Survey {
  kind: string;
  question: string;
  options: { label: string; value: number | string }[];
  /** What the comment field asks; the widget has its own words when absent. */
  comment?: string;
}

export interface Snapshot {
  state: State;
  agent: { name: string } | null;
  language: string;
  waiting: { told: string } | null;
}

export interface ConversationView extends Snapshot {
  id: string;
  messages: Message[];
  survey: Survey | null;
  closed_at: string | null;
}
