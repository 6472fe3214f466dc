// What every part of the panel needs, handed down once.
import type { Signal } from "@preact/signals";
import { type ComponentType, type RefObject, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Welcome } from "./api";
import type { Language } from "../shared/types";
import type { Config } from "./config";
import type { Session } from "./session";
import { fillWords } from "./outside";

export type PanelView = ComponentType<{ input: RefObject<HTMLTextAreaElement | null> }>;

export interface Chat {
  config: Config;
  session: Session;
  open: Signal<boolean>;
  welcome: Signal<Welcome | null>;
  /** Most visitors never open the chat: what is inside comes when it is wanted. */
  loadPanel: () => Promise<PanelView>;
}

export const ChatContext = createContext<Chat>(null as never);
export const useChat = (): Chat => useContext(ChatContext);
export function useWords<T extends object>(table: Record<Language, T>): T {
  const { config, welcome } = useChat();
  const language = config.language.value;
  return table[language as Language] ?? (welcome.value?.language === language ? fillWords(table.en, welcome.value.text) : table.en);
}
