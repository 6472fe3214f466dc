// The API's shapes as both products read them, under short names; generated from its description. No behaviour here.
import type { components } from "./api";

export type Schemas = components["schemas"];
export type Author = Schemas["Author"];
export type State = Schemas["State"];
export type Language = "ja" | "en";
export type Citation = Schemas["CitationOut"];
export type Choice = Schemas["ButtonOut"];
export type Media = Schemas["MediaOut"];
export type Message = Schemas["MessageOut"];
/** `comment`: what the comment field asks; the widget has its own words when absent. */
export type Survey = Schemas["SurveyOut"] & { comment?: string };
export type ConversationView = Schemas["ConversationOut"];
export type Snapshot = Pick<ConversationView, "state" | "agent" | "language" | "waiting">;
