import { transfer } from "../state/actions";
import { text } from "../text";
import type { Agent } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";

export function TransferDialog({ id, agents }: { id: string; agents: Agent[] }) {
  const words = text();
  const close = () => {
    if (asking.value === "transfer") asking.value = null;
  };
  async function give(agent: Agent): Promise<void> {
    close();
    await transfer(id, agent);
  }
  return (
    <Dialog title={words.actions.transferTo} open={asking.value === "transfer"} onClose={close} testid="transfer-dialog">
      <div class="people">
        {agents.map((agent) => (
          <button key={agent.id} class="outline" onClick={() => void give(agent)} data-testid="transfer-agent">
            {agent.name}
          </button>
        ))}
        {agents.length === 0 && <p>{words.actions.noAgents}</p>}
      </div>
      <p class="buttons">
        <button class="text" onClick={close}>
          {words.cancel}
        </button>
      </p>
    </Dialog>
  );
}
