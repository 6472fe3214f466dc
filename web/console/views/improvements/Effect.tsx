// What an improvement changed, with its interval.
import type { Improvement } from "../../state/improvements";
import { language, word } from "../../text";
import { improvementText } from "../../text/improvements";

const number = (value: number | null | undefined): string => (value == null ? "–" : value.toLocaleString(language.value, { maximumFractionDigits: 2 }));

export function Effect({ effect }: { effect: Improvement["effect"] }) {
  const words = improvementText();
  if (!effect) return <p class="meta">{words.noEffect}</p>;
  return (
    <p data-testid="effect">
      <b>{word(words.effects, effect.verdict)}</b> {effect.ratio != null && words.effectOf(number(effect.ratio), number(effect.low), number(effect.high))}
    </p>
  );
}
