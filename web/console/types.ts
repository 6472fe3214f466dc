// The agent side's API shapes. No behaviour here.
import type { Opinion } from "./state/verdicts";
import type { Author, Citation, Language, Message, State } from "../shared/types";

export interface Agent {
  id: string;
  name: string;
  /** A lead; told where it matters only. */
  admin?: boolean;
}

export interface Me extends Agent {
  email: string;
  admin: boolean;
  /** May change articles and settings. */
  lead: boolean;
  role: "agent" | "lead" | "admin";
}

export type Priority = "urgent" | "high" | "normal" | "low";
export type Outcome = "solved" | "workaround" | "unsolved" | "no_reply" | "spam";

export interface Row {
  id: string;
  state: State;
  epoch: number;
  channel: string;
  language: string;
  customer: { id: string; name: string | null; verified: boolean };
  agent: Agent | null;
  priority: Priority;
  reason: string | null;
  /** What to know before opening it: distress, harassment, anger. */
  marks?: string[];
  ask: string | null;
  waiting_since: string | null;
  last: { author: Author; text: string; created_at: string } | null;
  updated_at: string;
  created_at: string;
  outcome: string | null;
}

export interface Counts {
  queued: number;
  mine: number;
  agent: number;
  assistant: number;
}

export interface Listing {
  conversations: Row[];
  next: string | null;
  counts: Counts;
}

export interface AgentMessage extends Omit<Message, "agent"> {
  private: boolean;
  /** A card number or a secret in it is shown on request only. */
  hidden?: boolean;
  agent: Agent | null;
  delivery: { status: "pending" | "sent" | "failed"; seen?: string | null; error: string | null; again?: boolean } | null;
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

export interface Channel {
  name: string;
  account: string | null;
  unreachable: string | null;
  limits: { ja: string; en: string; urgent?: boolean }[];
}

export interface Link {
  id: string;
  customer: string;
  proof: string;
  reason: string | null;
  created_at: string;
}

export interface Card {
  id: string;
  name: string | null;
  email: string | null;
  verified: boolean;
  familiarity: number | null;
  locale: string | null;
  attributes: Record<string, unknown>;
  identities: { channel: string; id: string }[];
  links?: Link[];
  previous: { conversation: string; channel?: string; closed_at: string | null; summary: string | null; csat: number | null; notes?: string[]; promises?: string[] }[];
}

export type Feeling = "worry" | "distress" | "harassment" | "complaint" | "reply_missed";

export interface Evidence {
  turn: number;
  text: string;
  why: string;
}

export interface Source {
  article: string;
  title?: string | undefined;
  score: number;
  shown: boolean;
}

export interface Suggestion {
  text: string;
  html: string;
  citations: Partial<Citation>[];
}

export interface Packet {
  created_at: string;
  trigger: { reason: string; decided_by: string | null; score: number | null; threshold: number | null; evidence: Evidence[] };
  issue: { ask: string | null; summary: Partial<Record<Language, string | null>>; topic: string | null; urgency: string | null };
  facts: { claimed: string[]; verified: string[]; missing: string[] };
  attempts: { turn: number; query: string | null; sources: Source[]; reaction: string | null }[];
  promises: string[];
  customer?: { previous: { notes?: string[]; promises?: string[] }[] };
  sentiment: { turn: number; frustration: number; harassment?: number }[];
  suggested: Suggestion[];
  told_customer: string | null;
}

export interface Turn {
  turn: number;
  message_id: string;
  reply_id: string | null;
  signals: { frustration: number; unfamiliarity: number; no_progress: number; asked_for_person: boolean; language: string } & Partial<Record<Feeling, number>>;
  decision: string;
  reason: string | null;
  evidence: Evidence[];
  sources: Source[];
  query: string | null;
  model: string | null;
  prompt_version: string | null;
  withheld: { text: string; why: string }[];
  tokens: number;
  cost: number | null;
  instead: string;
  ms: number;
}

export interface Detail {
  conversation: Row;
  messages: AgentMessage[];
  customer: Card;
  handoff: Packet | null;
  channel?: Channel | null;
  turns: Turn[];
  agents: Agent[];
  /** What was said of the assistant's replies, by message. */
  opinions?: Record<string, Opinion>;
}

export interface Metrics {
  conversations: number;
  handoffs: number;
  handoff_rate: number | null;
  answered: number;
  abstained: number;
  resolved_by_agent: number;
  closed_without_agent: number;
  csat: { mean: number | null; count: number };
  median_wait_seconds: number | null;
  by_reason: Record<string, number>;
  by_day: { day: string; conversations: number; handoffs: number }[];
  /** The business's time zone, by which days begin. */
  zone: string;
}
