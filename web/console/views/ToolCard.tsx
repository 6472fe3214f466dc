// What was done for the customer, and the same tools for their agent.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Schemas } from "../../shared/types";
import { owns } from "../state/actions";
import { type Authority, type Tool, answerProposal, loadTools, runTool, tools } from "../state/tools";
import { language, text, word } from "../text";
import { toolText } from "../text/tools";
import type { Row } from "../types";

type Action = Schemas["ActionOut"];
type Slot = Schemas["SlotOut"];

const MAX_ARGUMENT = 400;
const AUTHORITIES: Authority[] = ["customer", "agent"];

function SlotField({ slot, change }: { slot: Slot; change: (value: string) => void }) {
  const label = slot.ask[language.value] ?? slot.ask.en;
  const choices = Object.entries(slot.choices);
  return (
    <label>
      {label}
      {choices.length ? (
        <select required onChange={(event) => change(event.currentTarget.value)}>
          <option value="" />
          {choices.map(([value, labels]) => (
            <option key={value} value={value}>
              {labels[language.value] ?? value}
            </option>
          ))}
        </select>
      ) : (
        <input required maxLength={MAX_ARGUMENT} onInput={(event) => change(event.currentTarget.value)} data-testid={`tool-${slot.name}`} />
      )}
    </label>
  );
}

function ToolForm({ conversation, tool, done }: { conversation: string; tool: Tool; done: () => void }) {
  const words = toolText();
  const values = useSignal<Record<string, string>>({});
  const authority = useSignal<Authority>("customer");
  const told = useSignal("");
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    const result = await runTool(conversation, tool.name, values.value, authority.value);
    if (typeof result === "string") told.value = result;
    else if (result.proposal && authority.value === "agent") done();
    else told.value = result.proposal ? words.asked : result.text;
  }
  return (
    <form onSubmit={submit}>
      {tool.slots.map((slot) => (
        <SlotField key={slot.name} slot={slot} change={(value) => (values.value = { ...values.value, [slot.name]: value })} />
      ))}
      <fieldset>
        <legend>{words.authority}</legend>
        {AUTHORITIES.map((each) => (
          <label key={each}>
            <input type="radio" name="authority" checked={authority.value === each} onChange={() => (authority.value = each)} data-testid={`tool-as-${each}`} />{" "}
            {words.authorities[each]}
          </label>
        ))}
      </fieldset>
      <p role="status" class="quote" dir="auto" data-testid="tool-told">
        {told.value}
      </p>
      <p class="buttons">
        <button type="button" class="text" onClick={done}>
          {text().cancel}
        </button>
        <button class="solid" data-testid="tool-go">
          {words.go}
        </button>
      </p>
    </form>
  );
}

function ActionLine({ action, conversation, canAnswer }: { action: Action; conversation: string; canAnswer: boolean }) {
  const words = toolText();
  const problem = useSignal<string | null>(null);
  const answer = async (said: "yes" | "no"): Promise<void> => void (problem.value = await answerProposal(conversation, action.id, said));
  return (
    <li data-testid="action">
      <p>
        <span class="badge">{word(words.states, action.state)}</span> {action.agent && <span class="meta">{words.ownAuthority}</span>}
      </p>
      <p class="quote" dir="auto">
        {action.effect}
      </p>
      {problem.value && (
        <p class="problem" role="alert">
          {problem.value}
        </p>
      )}
      {canAnswer && action.state === "open" && (
        <p class="buttons">
          <button class="text" onClick={() => answer("no")}>
            {words.withdraw}
          </button>
          {action.agent && (
            <button class="solid" onClick={() => answer("yes")} data-testid="tool-confirm">
              {words.confirm}
            </button>
          )}
        </p>
      )}
    </li>
  );
}

export function ToolCard({ row, actions }: { row: Row; actions: Action[] }) {
  const words = toolText();
  const chosen = useSignal("");
  useEffect(() => void loadTools(), []);
  const offered = owns(row) ? (tools.value ?? []) : [];
  if (!actions.length && !offered.length) return null;
  const tool = offered.find((each) => each.name === chosen.value);
  return (
    <section class="card calls" aria-label={words.title} data-testid="tool-card">
      <h2>{words.title}</h2>
      {actions.length ? (
        <ul class="previous">
          {actions.map((each) => (
            <ActionLine key={each.id} action={each} conversation={row.id} canAnswer={owns(row)} />
          ))}
        </ul>
      ) : (
        <p class="meta">{words.none}</p>
      )}
      {offered.length > 0 && (
        <label>
          {words.run}
          <select value={chosen.value} onChange={(event) => (chosen.value = event.currentTarget.value)} data-testid="tool-choice">
            <option value="" />
            {offered.map((each) => (
              <option key={each.name} value={each.name}>
                {each.purpose[language.value] ?? each.name}
              </option>
            ))}
          </select>
        </label>
      )}
      {tool && <ToolForm key={tool.name} conversation={row.id} tool={tool} done={() => (chosen.value = "")} />}
    </section>
  );
}
