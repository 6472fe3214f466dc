// The knowledge page: what is wrong first, then where articles come from, then all of them.
import { useEffect } from "preact/hooks";
import { list, look, overview, unreachable } from "../../state/knowledge";
import { me } from "../../state/me";
import { text } from "../../text";
import { knowledgeText } from "../../text/knowledge";
import "../../styles/knowledge.css";
import { Written } from "../articles/Written";
import { Articles } from "./Articles";
import { Contradictions } from "./Contradictions";
import { Sources } from "./Sources";
import { Synonyms } from "./Synonyms";
import { Remarks, Troubles } from "./Troubles";
import { Wanting } from "./Wanting";

/** Sources that are being read change by themselves. */
const AGAIN_MS = 5_000;

export function Knowledge() {
  const words = knowledgeText();
  useEffect(() => {
    void look();
    void list();
    const again = setInterval(() => {
      if (!document.hidden && overview.value?.sources.some((source) => source.reading)) void look();
    }, AGAIN_MS);
    return () => clearInterval(again);
  }, []);
  const seen = overview.value;
  const lead = me.value?.lead ?? false;
  return (
    <main class="knowledge" tabIndex={0} data-testid="knowledge">
      <h1>{words.title}</h1>
      <p class="meta">
        {words.lead} {!lead && words.readOnly}
      </p>
      {!seen && <p role="status">{unreachable.value ? text().unreachable : text().loading}</p>}
      {seen && (
        <>
          <Written lead={lead} />
          <Wanting />
          <Contradictions found={seen.contradictions} dismissed={seen.dismissed} lead={lead} />
          <Troubles troubles={seen.troubles} />
          <Remarks remarks={seen.remarks ?? []} />
          <Sources sources={seen.sources} lead={lead} />
          <Synonyms lead={lead} />
          <Articles states={seen.states} all={seen.articles} />
        </>
      )}
    </main>
  );
}
