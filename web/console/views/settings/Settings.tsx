// The settings page: each section by itself, one bar that saves what was typed.
import { useEffect } from "preact/hooks";
import { me } from "../../state/me";
import { readinessOf, rehearsable, rehearsal } from "../../state/rehearsal";
import { busy, discard, loadSettings, pendingCount, problem, save, settings } from "../../state/settings";
import "../../styles/insight.css";
import "../../styles/knowledge.css";
import "../../styles/settings.css";
import { text } from "../../text";
import { rehearsalText } from "../../text/rehearsal";
import { settingsText } from "../../text/settings";
import { webhookText } from "../../text/webhooks";
import { Deadlines } from "./Deadlines";
import { Digest } from "./Digest";
import { Hours } from "./Hours";
import { Look } from "./Look";
import { Rehearsal } from "./Rehearsal";
import { Notices } from "./Notices";
import { Sentences } from "./Sentences";
import { Thresholds } from "./Thresholds";
import { Topics } from "./Topics";
import { Webhooks } from "./Webhooks";

export function Settings() {
  const words = settingsText();
  useEffect(() => {
    void loadSettings();
    const leaving = (event: BeforeUnloadEvent): void => {
      if (pendingCount.value) event.preventDefault();
    };
    addEventListener("beforeunload", leaving);
    return () => removeEventListener("beforeunload", leaving);
  }, []);
  const seen = settings.value;
  const lead = me.value?.lead ?? false;
  const { unsaved } = rehearsalText();
  const rehearsed = readinessOf(rehearsal.value, rehearsable.value);
  const admin = me.value?.admin ?? false;
  const goTo = (id: string): void => document.getElementById(id)?.scrollIntoView();
  return (
    <main class="knowledge settings" tabIndex={0} data-testid="settings">
      <h1>{words.title}</h1>
      <p class="meta">
        {words.lead} {!lead && words.readOnly}
      </p>
      {!seen && <p role="status">{problem.value || text().loading}</p>}
      {seen?.problem && <p class="problem">{words.notInForce(seen.problem)}</p>}
      {seen && (
        <fieldset class="all" disabled={!lead}>
          <div class="filters" role="group" aria-label={words.title}>
            {[...Object.entries(words.sections).filter(([id]) => lead || id !== "rehearsal"), ...(admin ? [["webhooks", webhookText().title] as const] : [])].map(([id, name]) => (
              <button key={id} type="button" class="text" onClick={() => goTo(id)}>
                {name}
              </button>
            ))}
          </div>
          <Look />
          <Hours />
          <Deadlines />
          <Topics />
          <Notices />
          <Digest admin={admin} />
          <Thresholds />
          {lead && <Rehearsal />}
          <Sentences />
        </fieldset>
      )}
      {seen && admin && <Webhooks />}
      {lead && (pendingCount.value > 0 || problem.value) && (
        <div class="save-bar" role="region" aria-label={words.save(pendingCount.value)} data-testid="save-bar">
          <p class="problem" role="alert">
            {problem.value}
          </p>
          {rehearsed in unsaved && (
            <p class="meta" data-testid="not-rehearsed">
              {unsaved[rehearsed]}
            </p>
          )}
          <button class="text" onClick={discard} data-testid="discard-settings">
            {words.discard}
          </button>
          <button class="solid" disabled={busy.value || !pendingCount.value} onClick={() => void save()} data-testid="save-settings">
            {words.save(pendingCount.value)}
          </button>
        </div>
      )}
    </main>
  );
}
