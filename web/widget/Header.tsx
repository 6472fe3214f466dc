// Who is answering, the way out, and the way to a person: in sight at all times.
import { useSignal } from "@preact/signals";
import { Close, Mark, Person, Phone } from "../shared/icons";
import { useChat } from "./context";
import { useAttempt } from "./attempt";
import { keepFocus } from "./focus";
import { LinkCode } from "./LinkCode";
import { useText } from "./text";

function Answering() {
  const { session, welcome, config } = useChat();
  const text = useText();
  const withPerson = session.state.value === "agent";
  const assistant = config.title ?? welcome.value?.assistant.name ?? text.assistant;
  const own = welcome.value?.assistant.logo;
  const logo = config.logo ?? (own && config.origin + own);
  /** An address that does not load, such as one that the page's policy forbids. */
  const broken = useSignal<string | null>(null);
  const picture = logo && logo !== broken.value ? <img src={logo} alt="" onError={() => (broken.value = logo)} /> : <Mark />;
  return (
    <div class="answering">
      <span class="avatar">{withPerson ? <Person /> : picture}</span>
      <h2>{withPerson ? (session.agent.value ?? text.agent) : assistant}</h2>
      {!withPerson && !assistant.includes(text.aiTag) && <span class="tag">{text.aiTag}</span>}
    </div>
  );
}

function PersonButton() {
  const { session } = useChat();
  const text = useText();
  const asking = useSignal(false);
  const attempt = useAttempt(text.personFailed);
  const state = session.state.value;
  async function ask(event: Event): Promise<void> {
    const focus = keepFocus(event.currentTarget);
    if (!asking.value && (await attempt(session.askForPerson, asking))) focus(".waiting button");
  }
  // Who waits sees it in the strip below, with the way out.
  if (state === "agent" || state === "queued") return null;
  return (
    <button class="person" aria-disabled={asking.value} onClick={ask} data-testid="widget-person">
      <Person />
      {asking.value ? text.asking : text.person}
    </button>
  );
}

export function Header() {
  const { open, session, welcome } = useChat();
  const text = useText();
  const linking = useSignal(false);
  const apps = welcome.value?.apps ?? [];
  // Before the first words there is nothing to go on with.
  const linkable = apps.length > 0 && session.messages.value.length > 0;
  function close(event: Event): void {
    linking.value = false;
    keepFocus(event.currentTarget)("[data-testid=widget-link-open]");
  }
  return (
    <>
    <div class="header">
      <Answering />
      {linkable && (
        <button
          class="plain"
          aria-label={text.link}
          title={text.link}
          aria-expanded={linking.value}
          onClick={() => (linking.value = !linking.value)}
          data-testid="widget-link-open"
        >
          <Phone />
        </button>
      )}
      <button class="plain" aria-label={text.close} onClick={() => (open.value = false)} data-testid="widget-close">
        <Close />
      </button>
      <PersonButton />
    </div>
    {linking.value && <LinkCode apps={apps} close={close} />}
    </>
  );
}
