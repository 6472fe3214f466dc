// The app that the conversation goes on in: whether it can be reached, and what its rules allow just now.
import { language, text } from "../../text";
import { phoneText } from "../../text/phone";
import type { Channel } from "../../types";
import { channelName } from "../names";

export function ChannelCard({ channel }: { channel: Channel }) {
  const words = phoneText();
  return (
    <section class="card" aria-label={words.channel} data-testid="channel-card">
      <h2>
        {channelName(channel.name, text())}
        {channel.account && <small class="meta">{words.account(channel.account)}</small>}
      </h2>
      <Standing channel={channel} />
    </section>
  );
}

/** The same in short, beside the place where an agent writes. */
export function Standing({ channel }: { channel: Channel }) {
  const words = phoneText();
  return (
    <ul class="standing" aria-label={words.limits} data-testid="channel-limits">
      {channel.unreachable && (
        <li class="problem" role="alert">
          {words.unreachable}: {channel.unreachable}
        </li>
      )}
      {channel.limits.map((limit) => (
        <li key={limit.en} class={limit.urgent ? "problem" : ""}>
          {limit[language.value]}
        </li>
      ))}
    </ul>
  );
}
