// Where an invitation leads: choose a password, and be signed in.
import { useSignal } from "@preact/signals";
import { ApiError } from "../../../shared/http";
import { Mark } from "../../../shared/icons";
import { acceptInvitation } from "../../state/me";
import { route } from "../../state/route";
import { switchLanguage, text } from "../../text";
import { peopleText } from "../../text/people";

export function Welcome() {
  const words = peopleText();
  const password = useSignal("");
  const problem = useSignal("");
  const busy = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    problem.value = "";
    try {
      await acceptInvitation(route.value.rest ?? "", password.value);
      location.hash = "#/";
    } catch (failure) {
      if (!(failure instanceof ApiError)) throw failure;
      problem.value = failure.status === 401 ? words.badLink : failure.status === 422 ? words.tooShort : text().unreachable;
    } finally {
      busy.value = false;
    }
  };
  return (
    <main class="login" data-testid="welcome">
      <form aria-label={words.welcome} onSubmit={(event) => void submit(event)}>
        <h1 class="brand">
          <Mark />
          <b>{words.welcome}</b>
        </h1>
        <p>{words.welcomeLead}</p>
        <label>
          {words.fresh}
          <input type="password" autocomplete="new-password" required minLength={10} value={password.value} onInput={(event) => (password.value = event.currentTarget.value)} data-testid="welcome-password" />
        </label>
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <button class="solid" disabled={busy.value} data-testid="welcome-enter">
          {words.enter}
        </button>
      </form>
      <button class="text" aria-label={text().languageLabel} onClick={switchLanguage}>
        {text().language}
      </button>
    </main>
  );
}
