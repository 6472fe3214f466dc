import { text } from "../text";
import type { Agent } from "../types";
import { asking } from "./asking";
import { Dialog } from "./Dialog";

interface TransferProps {
  id: string;
  agents: Agent[];
  give: (id: string, agent: Agent) => Promise<boolean>;
}

export function TransferDialog({ id, agents, give }: TransferProps) {
  const words = text();
  const close = () => {
    if (asking.value === "transfer") asking.value = null;
  };
  function choose(agent: Agent): void {
    close();
    void give(id, agent);
  }
  return (
    <Dialog title={words.actions.transferTo} open={asking.value === "transfer"} onClose={close} testid="transfer-dialog">
      <div class="people">
        {agents.map((agent) => (
          <button key={agent.id} class="outline" onClick={() => choose(agent)} data-testid="transfer-agent">
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
