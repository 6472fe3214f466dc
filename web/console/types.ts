// The agent side's API shapes under short names; generated from its description. No behaviour here.
import type { Schemas } from "../shared/types";

export type Agent = Schemas["AgentReferenceOut"];
/** `lead`: may change articles and settings. */
export type Me = Schemas["AgentOut"];
export type Priority = Schemas["Priority"];
export type Outcome = "solved" | "workaround" | "unsolved" | "no_reply" | "spam";
export type Row = Schemas["InboxRowOut"];
export type Tag = Schemas["TagOut"];
/** As the inbox takes them; what is missing does not matter. */
export type Filters = Partial<Record<keyof Schemas["FilterIn"], string>>;
export type View = Schemas["ViewOut"];
export type SavedReply = Schemas["SavedReplyOut"];
export type DeskAgent = Schemas["DeskAgentOut"];
export type Preferences = Schemas["PreferencesOut"];
export type Counts = Schemas["InboxCountsOut"];
export type Listing = Schemas["InboxPageOut"];
export type AgentMessage = Schemas["AgentMessageOut"];
export type Channel = Schemas["ChannelOut"];
export type Link = Schemas["LinkOut"];
export type Card = Schemas["CustomerOut"];
export type Feeling = "worry" | "distress" | "harassment" | "complaint" | "reply_missed";
export type Evidence = Schemas["EvidenceOut"];
export type Source = Schemas["SourceScoreOut"];
export type Suggestion = Schemas["SuggestionOut"];
export type Packet = Schemas["PacketOut"];
export type Turn = Schemas["TurnOut"];
export type Detail = Schemas["ConversationDetailOut"];
export type Metrics = Schemas["DashboardOut"];
