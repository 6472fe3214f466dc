import { now, span } from "../state/clock";
import { text } from "../text";

/** How long the customer has been waiting, ticking. */
export function Waited({ since }: { since: string }) {
  const words = text();
  const seconds = (now.value - Date.parse(since)) / 1000;
  const patience = seconds > 600 ? "long" : seconds > 180 ? "some" : "short";
  return (
    <span class={`waited ${patience}`} data-testid="waited">
      {words.waited(span(seconds, words))}
    </span>
  );
}
