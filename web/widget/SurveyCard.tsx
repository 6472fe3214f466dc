// How did we do? Five faces, or a scale of numbers with both ends named, and, if the customer likes, a few words.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Face } from "../shared/Face";
import { useAttempt } from "./attempt";
import { useChat } from "./context";
import { Scale } from "./Scale";
import { useText } from "./text";

export function SurveyCard() {
  const { session } = useChat();
  const text = useText();
  const survey = session.survey.value;
  const chosen = useSignal<number | string | null>(null);
  const comment = useSignal("");
  const thanked = useSignal(false);
  const busy = useSignal(false);
  const attempt = useAttempt(text.failed);
  const closed = session.state.value === "closed";
  useEffect(() => {
    if (!closed) thanked.value = false;
  }, [closed]);

  async function answer(): Promise<void> {
    if (!survey || chosen.value === null) return;
    const said = comment.value.trim();
    const feedback = { kind: survey.kind, value: chosen.value, ...(said && { comment: said }) };
    if (!(await attempt(() => session.feedback(feedback), busy))) return;
    thanked.value = true;
    chosen.value = null;
    comment.value = "";
    session.survey.value = null;
  }

  if (thanked.value && !survey) return <p class="thanks" role="status" data-testid="widget-survey-thanks">{text.thanks}</p>;
  if (!survey) return null;
  return (
    <fieldset class="survey" data-testid="widget-survey">
      <legend>{survey.question}</legend>
      {survey.ends ? (
        <Scale options={survey.options} ends={survey.ends} chosen={chosen} />
      ) : (
        <div class="faces">
          {survey.options.map((option, at) => (
            <button
              key={option.value}
              aria-pressed={chosen.value === option.value}
              onClick={() => (chosen.value = option.value)}
              data-testid="widget-survey-option"
            >
              <Face mood={at / Math.max(1, survey.options.length - 1)} />
              <span>{option.label}</span>
            </button>
          ))}
        </div>
      )}
      {chosen.value !== null && (
        <>
          <textarea
            rows={2}
            value={comment.value}
            aria-label={text.comment}
            placeholder={survey.comment ?? text.comment}
            onInput={(event) => (comment.value = event.currentTarget.value)}
            data-testid="widget-survey-comment"
          />
          <button class="primary" disabled={busy.value} onClick={answer} data-testid="widget-survey-send">{text.sendRating}</button>
        </>
      )}
    </fieldset>
  );
}
