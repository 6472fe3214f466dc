// How people and places are called on screen.
import { type Text, word } from "../text";
import type { Row } from "../types";

export const customerName = (row: Pick<Row, "customer">, words: Text): string =>
  row.customer.name ?? words.anonymous(row.customer.id.slice(-4));

export const channelName = (channel: string, words: Text): string => word(words.channels, channel);

export const stateName = (row: Row, words: Text): string =>
  row.state === "agent" && row.agent ? words.stateWith(row.agent.name) : words.states[row.state];
