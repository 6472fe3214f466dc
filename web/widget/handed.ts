// What the panel's file takes from the first one, so that each of these is there once. The names of the build: scripts/build.mjs.
import { useSignal } from "@preact/signals";
import { Fragment } from "preact";
import { jsx, jsxs } from "preact/jsx-runtime";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { notice, useAttempt } from "./attempt";
import { type PanelView, useChat, useWords } from "./context";
import { outside } from "./outside";

interface PanelFile {
  Panel: PanelView;
  css: string;
}

export const handed = {
  preact: { Fragment },
  jsx: { jsx, jsxs, Fragment },
  hooks: { useEffect, useLayoutEffect, useRef },
  signals: { useSignal },
  attempt: { notice, useAttempt },
  context: { useChat, useWords },
  outside: { outside },
  /** Put there by the panel's file. */
  panel: null as PanelFile | null,
};

/** The panel, loaded once; a failure is tried anew with the next call. `dress` takes its style sheet. */
export function panelLoader(origin: string, dress: (css: string) => void): () => Promise<PanelView> {
  let loading: Promise<PanelView> | null = null;
  async function load(attempt: number): Promise<PanelView> {
    (globalThis as Record<symbol, unknown>)[Symbol.for("yorisoi")] = handed;
    // A browser remembers that a module failed: another address is another try.
    await import(/* @vite-ignore */ `${origin}/widget-panel.js${attempt ? `?${attempt}` : ""}`);
    const { Panel, css } = handed.panel!;
    dress(css);
    return Panel;
  }
  let attempts = 0;
  return () => {
    loading ??= load(attempts++).catch((problem) => {
      loading = null;
      throw problem;
    });
    return loading;
  };
}
