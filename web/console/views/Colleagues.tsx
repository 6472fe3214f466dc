// Above the composer: who else is here, before two people write the same answer.
import { colleaguesIn, writers } from "../state/colleagues";
import { deskText } from "../text/desk";

export function Colleagues({ conversation }: { conversation: string }) {
  const words = deskText();
  const here = colleaguesIn(conversation);
  return (
    <div class={`colleagues ${writers.value.length > 0 ? "writing-too" : ""}`} role="status" data-testid="colleagues">
      {here.map((each) => (
        <p key={each.agent}>{words.colleague[each.activity]!(each.name)}</p>
      ))}
    </div>
  );
}
