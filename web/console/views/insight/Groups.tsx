// The same figures for each channel, language, theme, reason or agent.
import { useSignal } from "@preact/signals";
import { DIMENSIONS, type Dimension, type Group, type Rate, type Report, showConversations } from "../../state/insight";
import { language } from "../../text";
import { insightText } from "../../text/insight";
import { groupName } from "./Filters";
import { per } from "./Figures";

const SHARES = ["resolved_by_assistant", "abandoned", "handed_over", "durable_7d", "frustrated_at_end"] as const;

function Cell({ rate }: { rate: Rate }) {
  const words = insightText();
  return (
    <td>
      {per(rate.rate)}
      {rate.total > 0 && (
        <small>
          {words.interval(per(rate.low), per(rate.high))} · n={rate.total}
        </small>
      )}
    </td>
  );
}

function Row({ group, dimension }: { group: Group; dimension: Dimension }) {
  const name = groupName(dimension, group.key);
  return (
    <tr>
      <th scope="row">
        <button class="text" onClick={() => void showConversations(name, { [dimension]: group.key, figure: "counted" })}>
          {name}
        </button>
      </th>
      <td>{group.conversations.toLocaleString(language.value)}</td>
      {SHARES.map((key) => (
        <Cell key={key} rate={group[key]} />
      ))}
      <Cell rate={group.surveys.csat} />
    </tr>
  );
}

export function Groups({ report }: { report: Report }) {
  const words = insightText();
  const dimension = useSignal<Dimension>("channel");
  const groups = report.groups[dimension.value] ?? [];
  const named = (key: string) => report.names[key]?.[language.value === "ja" ? "ja" : "en"] ?? key;
  return (
    <section aria-labelledby="groups">
      <div class="heading">
        <h2 id="groups">{words.groups}</h2>
        <select aria-label={words.groups} value={dimension.value} onChange={(event) => (dimension.value = event.currentTarget.value as Dimension)} data-testid="group-by">
          {DIMENSIONS.map((each) => (
            <option key={each} value={each}>
              {words.dimensions[each]}
            </option>
          ))}
        </select>
      </div>
      {dimension.value === "agent" && <p class="meta">{report.definitions.by_agent?.[language.value === "ja" ? "ja" : "en"]}</p>}
      {!groups.length && <p>{words.none}</p>}
      {groups.length > 0 && (
        <div class="scrolled" tabIndex={0} role="group" aria-labelledby="groups">
          <table class="insight-table" data-testid="groups">
            <thead>
              <tr>
                <th scope="col">{words.dimensions[dimension.value]}</th>
                <th scope="col">{words.conversations}</th>
                {[...SHARES, "csat"].map((key) => (
                  <th scope="col" key={key}>
                    {named(key)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {groups.map((group) => (
                <Row key={group.key} group={group} dimension={dimension.value} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
