// Entry: one script line becomes one custom element on the page.
import { signal } from "@preact/signals";
import { h, render } from "preact";
import { load, save } from "../shared/store";
import tokens from "../shared/tokens.css?inline";
import { accentInk } from "./accent";
import type { Welcome } from "./api";
import { takeCommands } from "./commands";
import { readConfig } from "./config";
import { type Chat, ChatContext } from "./context";
import { panelLoader } from "./handed";
import { createSession } from "./session";
import styles from "./outside.css?inline";
import { Widget } from "./Widget";

const TAG = "yorisoi-chat";
const script = document.currentScript as HTMLScriptElement | null;

function stylesheet(css: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}

function chatFor(source: HTMLScriptElement, dress: (css: string) => void): Chat {
  const config = readConfig(source);
  const openKey = `yorisoi:${config.origin}:open`;
  const open = signal(load<boolean>(openKey, "sessionStorage") === true);
  open.subscribe((value) => save(openKey, value || null, "sessionStorage"));
  const welcome = signal<Welcome | null>(null);
  return { config, session: createSession(config), open, welcome, loadPanel: panelLoader(config.origin, dress) };
}

class YorisoiChat extends HTMLElement {
  chat: Chat | null = null;

  connectedCallback(): void {
    if (!this.chat || this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [stylesheet(tokens), stylesheet(styles)];
    const { accent } = this.chat.config;
    if (accent && CSS.supports("color", accent)) {
      this.style.setProperty("--accent", accent);
      this.style.setProperty("--accent-ink", accentInk(accent, this));
    }
    render(h(ChatContext.Provider, { value: this.chat, children: h(Widget, {}) }), root);
    void this.chat.session.resume();
  }

  /** For the page's own buttons: `document.querySelector("yorisoi-chat").open()`. */
  open(): void {
    if (this.chat) this.chat.open.value = true;
  }
  close(): void {
    if (this.chat) this.chat.open.value = false;
  }
}

function start(source: HTMLScriptElement): void {
  if (customElements.get(TAG)) return;
  customElements.define(TAG, YorisoiChat);
  const element = document.createElement(TAG) as YorisoiChat;
  element.chat = chatFor(source, (css) => {
    const root = element.shadowRoot!;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, stylesheet(css)];
  });
  takeCommands(element.chat);
  const place = () => document.body.append(element);
  if (document.body) place();
  else addEventListener("DOMContentLoaded", place, { once: true });
}

if (script) start(script);
