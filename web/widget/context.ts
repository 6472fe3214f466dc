// What every part of the panel needs, handed down once.
import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Welcome } from "./api";
import type { Config } from "./config";
import type { Session } from "./session";
import { type Text, text } from "./text";

export interface Chat {
  config: Config;
  session: Session;
  open: Signal<boolean>;
  welcome: Signal<Welcome | null>;
}

export const ChatContext = createContext<Chat>(null as never);
export const useChat = (): Chat => useContext(ChatContext);
export const useText = (): Text => text[useChat().config.language.value];
