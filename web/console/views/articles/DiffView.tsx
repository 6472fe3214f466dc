// Two texts compared line by line; signs as well as colours tell what changed.
import type { Diff } from "../../state/articles";
import { articleText } from "../../text/articles";

/** Kept lines that are shown around each change. */
const AROUND = 2;

function near(diff: Diff, index: number): boolean {
  return diff.slice(Math.max(0, index - AROUND), index + AROUND + 1).some(([sign]) => sign !== " ");
}

export function DiffView({ diff, label, lang }: { diff: Diff; label: string; lang: string }) {
  const words = articleText();
  if (!diff.some(([sign]) => sign !== " ")) return <p class="meta">{words.noChange}</p>;
  return (
    <div class="diff" role="region" aria-label={label} tabIndex={0} lang={lang}>
      {diff.map(([sign, line], index) => {
        if (sign === " ") return near(diff, index) ? <p key={index}>{line || " "}</p> : null;
        const Mark = sign === "+" ? "ins" : "del";
        return (
          <p key={index} class={sign === "+" ? "added" : "removed"}>
            <span class="sign" role="img" aria-label={sign === "+" ? words.added : words.removed}>
              {sign === "+" ? "+" : "−"}
            </span>
            <Mark>{line || " "}</Mark>
          </p>
        );
      })}
    </div>
  );
}
