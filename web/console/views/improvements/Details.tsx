// The cases of an improvement, who was told, and what it changed.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { addCases, type Improvement, type ImprovementRow, loadImprovement, takeOut } from "../../state/improvements";
import { addressOf } from "../../state/route";
import { word } from "../../text";
import { improvementText } from "../../text/improvements";
import { insightText } from "../../text/insight";
import { CasePicker, caseName } from "./CasePicker";
import { Effect } from "./Effect";

function Notices({ notices }: { notices: Record<string, number> }) {
  const words = improvementText();
  const counts = Object.entries(notices);
  if (!counts.length) return null;
  return (
    <>
      <h4>{words.notice}</h4>
      <ul data-testid="notices">
        {counts.map(([state, count]) => (
          <li key={state}>
            {words.affected(count)}: {word(words.notices, state)}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Details({ row, canChange }: { row: ImprovementRow; canChange: boolean }) {
  const words = improvementText();
  const found = useSignal<Improvement | null>(null);
  const chosen = useSignal<string[]>([]);
  const load = (): Promise<void> => loadImprovement(row.id).then((one) => void (found.value = one));
  // A finished one is looked at again: its customers are told by and by.
  useEffect(() => void load(), [row.id, row.updated_at]);
  const shown = found.value;
  if (!shown) return null;
  const add = async (): Promise<void> => {
    await addCases(row.id, chosen.value);
    chosen.value = [];
    await load();
  };
  return (
    <>
      <h4>{words.inIt}</h4>
      {!shown.cases.length && <p class="meta">{words.none}</p>}
      <ul class="articles">
        {shown.cases.map((one) => (
          <li key={one.id}>
            <div>
              <a href={addressOf(one.conversation)} aria-label={words.openCase(caseName(one))}>
                {caseName(one)}
              </a>{" "}
              <span class="badge">{word(insightText().caseStates, one.state)}</span>
            </div>
            {canChange && (
              <button class="text" aria-label={words.takeOutOf(caseName(one))} onClick={() => void takeOut(one.id).then(load)}>
                {words.takeOut}
              </button>
            )}
          </li>
        ))}
      </ul>
      {canChange && (
        <>
          <CasePicker theme={row.theme} chosen={chosen.value} onChange={(next) => (chosen.value = next)} />
          {chosen.value.length > 0 && (
            <button class="outline" onClick={() => void add()} data-testid="add-cases">
              {words.addCases(chosen.value.length)}
            </button>
          )}
        </>
      )}
      <Notices notices={shown.notices} />
      <h4>{words.effect}</h4>
      <Effect effect={shown.effect} />
    </>
  );
}
