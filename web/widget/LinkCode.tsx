// A code that, sent from another app, shows that the same person writes there: the code, how long, and what to do.
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { clock } from "../shared/language";
import type { LinkCode as Code } from "./api";
import { useAttempt } from "./attempt";
import { useChat } from "./context";
import { useText } from "./text";

const APPS: Record<string, string> = {
  line: "LINE",
  whatsapp: "WhatsApp",
  messenger: "Messenger",
  instagram: "Instagram",
  sms: "SMS",
  telegram: "Telegram",
  slack: "Slack",
};
const separators: Record<string, string> = { ja: "・" };

export function LinkCode({ apps, close }: { apps: string[]; close: (event: Event) => void }) {
  const { session, config } = useChat();
  const text = useText();
  const code = useSignal<Code | null>(null);
  const expired = useSignal(false);
  const copied = useSignal(false);
  const busy = useSignal(false);
  const card = useRef<HTMLElement>(null);
  const attempt = useAttempt(text.failed);
  const language = config.language.value;
  const issue = () =>
    attempt(async () => {
      code.value = await session.issueLinkCode();
      expired.value = copied.value = false;
    }, busy);
  useEffect(() => {
    card.current?.focus();
    void issue();
  }, []);
  useEffect(() => {
    if (!code.value) return;
    const timer = setTimeout(() => (expired.value = true), Date.parse(code.value.expires_at) - Date.now());
    return () => clearTimeout(timer);
  }, [code.value]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(code.value!.code);
    copied.value = true;
  };

  return (
    <section ref={card} class="call link" tabIndex={-1} aria-label={text.link} data-testid="widget-link">
      <p>{text.linkHow(apps.map((app) => APPS[app] ?? app).join(separators[language] ?? ", "))}</p>
      <p aria-live="polite">
        {code.value && !expired.value && (
          <>
            <code data-testid="widget-link-code">{code.value.code}</code>
            <span class="hint">{text.linkUntil(clock(code.value.expires_at, language))}</span>
          </>
        )}
        {expired.value && <b data-testid="widget-link-expired">{text.linkExpired}</b>}
      </p>
      <div class="buttons">
        <button onClick={close} data-testid="widget-link-close">{text.dismiss}</button>
        {expired.value || !code.value ? (
          <button class="primary" aria-disabled={busy.value} onClick={() => !busy.value && void issue()} data-testid="widget-link-again">
            {text.linkAgain}
          </button>
        ) : (
          navigator.clipboard && <button class="primary" onClick={copy}>{copied.value ? text.copied : text.copy}</button>
        )}
      </div>
    </section>
  );
}
