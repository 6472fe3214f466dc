// Name, colour and greeting, with the chat as customers see it beside them.
import { useSignal } from "@preact/signals";
import { change, find, findSentence, valueOf, wordingsOf } from "../../state/settings";
import { settingsText } from "../../text/settings";
import { inkOn } from "../../../widget/accent";
import { Changed } from "./Changed";

const LANGUAGES = ["ja", "en"];
const LOOKS = ["assistant_name", "greeting", "disclosure"];
/** The product's own colour, in light pages. */
const OWN = "#1d5a48";
const MAX_LOGO_BYTES = 64 * 1024;

export function Look() {
  const words = settingsText();
  return (
    <section aria-labelledby="look">
      <h2 id="look">{words.sections.look}</h2>
      <Colour />
      <Logo />
      <div class="pair-grid">
        {LANGUAGES.map((language) => (
          <div key={language} class="card" lang={language}>
            <Name language={language} />
            {LOOKS.map((situation) => (
              <Word key={situation} of={`sentence.${language}.${situation}`} name={words.looks[situation]!} />
            ))}
            <Preview language={language} />
          </div>
        ))}
      </div>
    </section>
  );
}

function Colour() {
  const words = settingsText();
  const value = valueOf<string | null>("accent") ?? OWN;
  return (
    <div class="field">
      <label>
        {words.colour}
        <input type="color" value={value} aria-describedby="colour-hint" onInput={(event) => change("accent", event.currentTarget.value)} data-testid="setting-accent" />
      </label>
      <small class="meta" id="colour-hint">
        {words.colourHint}
      </small>
      <Changed name={words.colour} of="accent" stored={find("accent")?.change ?? null} />
    </div>
  );
}

function Logo() {
  const words = settingsText();
  const problem = useSignal("");
  const value = valueOf<string | null>("logo");
  function choose(event: Event): void {
    const field = event.currentTarget as HTMLInputElement;
    const file = field.files?.[0];
    if (!file) return;
    problem.value = file.size > MAX_LOGO_BYTES ? words.logoTooLarge : "";
    field.value = "";
    if (problem.value) return;
    const reader = new FileReader();
    reader.onload = () => change("logo", reader.result);
    reader.readAsDataURL(file);
  }
  return (
    <div class="field">
      <label>
        {words.logo}
        <input type="file" accept="image/png,image/jpeg,image/gif,image/webp" aria-describedby="logo-hint" onChange={choose} data-testid="setting-logo" />
      </label>
      <small class="meta" id="logo-hint">
        {words.logoHint}
      </small>
      {problem.value && <p class="problem" role="alert">{problem.value}</p>}
      {value && <img class="logo" src={value} alt={words.logo} data-testid="logo-preview" />}
      <Changed name={words.logo} of="logo" stored={find("logo")?.change ?? null} />
    </div>
  );
}

function Name({ language }: { language: string }) {
  const words = settingsText();
  const key = `name.${language}`;
  const label = words.operator(words.languages[language]!);
  return (
    <div class="field">
      <label>
        {label}
        <input value={valueOf<string | null>(key) ?? ""} maxLength={80} onInput={(event) => change(key, event.currentTarget.value || null)} data-testid={`setting-${key}`} />
      </label>
      <Changed name={label} of={key} stored={find(key)?.change ?? null} />
    </div>
  );
}

function Word({ of, name }: { of: string; name: string }) {
  const sentence = findSentence(of);
  if (!sentence) return null;
  return (
    <div class="field">
      <label>
        {name}
        <textarea rows={name.length > 8 ? 2 : 1} value={wordingsOf(sentence)[0]} maxLength={1000} onInput={(event) => change(of, [event.currentTarget.value])} data-testid={`setting-${of}`} />
      </label>
      <Changed name={name} of={of} stored={sentence.change} />
    </div>
  );
}

function Preview({ language }: { language: string }) {
  const words = settingsText();
  const colour = valueOf<string | null>("accent") ?? OWN;
  const parts = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
  const logo = valueOf<string | null>("logo");
  const painted = { background: colour, color: inkOn(parts[0]!, parts[1]!, parts[2]!) };
  const said = (situation: string): string => {
    const sentence = findSentence(`sentence.${language}.${situation}`);
    return sentence ? wordingsOf(sentence)[0]! : "";
  };
  return (
    <figure class="chat-preview" aria-label={words.preview} data-testid={`chat-preview-${language}`}>
      <figcaption style={painted}>
        {logo && <img class="logo" src={logo} alt="" />}
        {said("assistant_name")}
      </figcaption>
      <p>{said("greeting")}</p>
      <p class="small">{said("disclosure")}</p>
      <p class="own" style={painted}>
        {words.previewAnswer(language)}
      </p>
    </figure>
  );
}
