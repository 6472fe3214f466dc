// The page for leads: outcomes, scores, themes, gaps and cases; each number with what it means.
import { useEffect } from "preact/hooks";
import { broken, loadCases, loadGaps, loadReport, report } from "../../state/insight";
import { me } from "../../state/me";
import { text } from "../../text";
import { insightText } from "../../text/insight";
import "../../styles/insight.css";
import "../../styles/knowledge.css";
import { Cases } from "./Cases";
import { Conversations } from "./Conversations";
import { Figures, Scores } from "./Figures";
import { Filters } from "./Filters";
import { Gaps } from "./Gaps";
import { Groups } from "./Groups";
import { Live } from "./Live";
import { OutcomeDays } from "./OutcomeDays";
import { Themes } from "./Themes";

export function Insight() {
  const words = insightText();
  useEffect(() => {
    void loadReport();
    void loadGaps();
    void loadCases();
  }, []);
  const lead = me.value?.lead ?? false;
  const shown = report.value;
  return (
    <main class="knowledge insight" tabIndex={0} data-testid="insight">
      <h1>{words.title}</h1>
      <p class="meta">
        {words.lead} {!lead && words.readOnly}
      </p>
      <Live />
      <Filters />
      {(broken.value || !shown) && <p role="status">{broken.value ? text().unreachable : text().loading}</p>}
      {shown && (
        <>
          {shown.too_few && <p role="status">{words.tooFew}</p>}
          <Figures report={shown} />
          <OutcomeDays report={shown} />
          <Conversations />
          <Scores report={shown} />
          <Groups report={shown} />
          <Themes lead={lead} />
        </>
      )}
      <Gaps lead={lead} />
      <Cases />
    </main>
  );
}
