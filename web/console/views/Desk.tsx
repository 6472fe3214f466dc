// The three panes: inbox, conversation, and what is known beside it.
import { contextShown, route } from "../state/route";
import { text } from "../text";
import { Context } from "./Context";
import { Inbox } from "./Inbox";
import { Thread } from "./Thread";

export function Desk() {
  const { conversation } = route.value;
  const pane = !conversation ? "inbox" : contextShown.value ? "context" : "thread";
  return (
    <main class="desk" data-pane={pane}>
      <h1 class="unseen">{text().inbox}</h1>
      <Inbox />
      <Thread />
      {conversation && contextShown.value && <Context />}
    </main>
  );
}
