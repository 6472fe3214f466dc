// What every part of the panel needs, handed down once.
import type { Signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Welcome } from "./api";
import type { Language } from "../shared/types";
import type { Config } from "./config";
import type { Session } from "./session";
import { type Text, fillWords, text } from "./text";

export interface Chat {
  config: Config;
  session: Session;
  open: Signal<boolean>;
  welcome: Signal<Welcome | null>;
}

export const ChatContext = createContext<Chat>(null as never);
export const useChat = (): Chat => useContext(ChatContext);
export function useText(): Text {
  const { config, welcome } = useChat();
  const language = config.language.value;
  return text[language as Language] ?? (welcome.value?.language === language ? fillWords(welcome.value.text) : text.en);
}
