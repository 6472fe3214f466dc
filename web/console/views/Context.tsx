// The right pane: why the conversation is here, and who the customer is.
import { Back } from "../../shared/icons";
import { contextShown } from "../state/route";
import { detail } from "../state/thread";
import { text } from "../text";
import type { Turn } from "../types";
import { CallCard } from "./CallCard";
import { ConsentCard } from "./ConsentCard";
import { CustomerCard } from "./CustomerCard";
import { NotesCard } from "./NotesCard";
import { PacketCard } from "./PacketCard";
import { ChannelCard } from "./phone/ChannelCard";
import { PersonCard } from "./phone/PersonCard";
import { RelatedCard } from "./RelatedCard";
import { Suggestions } from "./Suggestions";
import { TagEditor } from "./TagEditor";
import { ToolCard } from "./ToolCard";

const titlesOf = (turns: Turn[]) => new Map(turns.flatMap((turn) => turn.sources).map((source) => [source.article, source.title]));

export function Context() {
  const words = text();
  const shown = detail.value;
  return (
    <aside class="context" aria-label={words.context} data-testid="context">
      <button class="text back" onClick={() => (contextShown.value = false)} data-testid="back-to-thread">
        <Back />
        {words.backToThread}
      </button>
      {shown && (
        <>
          <TagEditor key={`tags-${shown.conversation.id}`} row={shown.conversation} />
          {shown.handoff && <PacketCard packet={shown.handoff} titles={titlesOf(shown.turns)} />}
          <Suggestions key={shown.conversation.id} row={shown.conversation} given={shown.handoff?.suggested ?? []} />
          <RelatedCard key={`related-${shown.conversation.id}`} row={shown.conversation} />
          <ToolCard key={`tools-${shown.conversation.id}`} row={shown.conversation} actions={shown.actions} />
          {shown.channel && <ChannelCard channel={shown.channel} />}
          <CallCard key={`calls-${shown.conversation.id}`} conversation={shown.conversation.id} calls={shown.callbacks} />
          <CustomerCard card={shown.customer} />
          <ConsentCard key={`consent-${shown.conversation.id}`} conversation={shown.conversation.id} />
          <NotesCard key={`notes-${shown.customer.id}`} card={shown.customer} />
          <PersonCard key={`person-${shown.conversation.id}`} conversation={shown.conversation.id} links={shown.customer.links ?? []} />
        </>
      )}
    </aside>
  );
}
