// The way in; also laid over the desk when the session has expired, with everything beneath kept.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../../shared/http";
import { Mark } from "../../shared/icons";
import { findProvider, logIn, me } from "../state/me";
import { switchLanguage, text } from "../text";

function complaint(problem: unknown): string {
  if (!(problem instanceof ApiError)) throw problem;
  if (problem.status === 429) return text().tooMany;
  return problem.passing ? text().unreachable : text().badLogin;
}

/** Why the provider's sign-in, from which the browser has just come back, did not work. */
function refusal(): string {
  const code = new URLSearchParams(location.search).get("sign-in");
  if (code === null) return "";
  if (code === "other_person") return text().providerOther;
  if (code === "not_invited") return text().providerRemoved;
  return code === "unauthorized" ? text().providerRefused : text().providerFailed;
}

export function Login({ expired = false }: { expired?: boolean }) {
  const words = text();
  const email = useSignal(me.value?.email ?? "");
  const password = useSignal("");
  const problem = useSignal(refusal());
  const provider = useSignal(false);
  useEffect(() => void findProvider().then((found) => (provider.value = found)), []);
  const busy = useSignal(false);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    busy.value = true;
    problem.value = "";
    try {
      await logIn(email.value.trim(), password.value);
    } catch (failure) {
      problem.value = complaint(failure);
    } finally {
      busy.value = false;
    }
  }

  return (
    <main class={`login ${expired ? "over" : ""}`} data-testid="login">
      <form onSubmit={submit} aria-label={words.login}>
        <h1 class="brand">
          <Mark />
          <b>{words.product}</b>
          <span>{words.console}</span>
        </h1>
        {expired && <p class="expired">{words.expired}</p>}
        <label>
          {words.email}
          <input type="email" autocomplete="username" required value={email.value} onInput={(event) => (email.value = event.currentTarget.value)} data-testid="login-email" />
        </label>
        <label>
          {words.password}
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(event) => (password.value = event.currentTarget.value)}
            data-testid="login-password"
          />
        </label>
        {problem.value && <p class="problem" role="alert" data-testid="login-problem">{problem.value}</p>}
        <button class="solid" disabled={busy.value} data-testid="login-submit">
          {words.login}
        </button>
      </form>
      {provider.value && (
        <a class="outline" href="/v1/agent/oidc/start" data-testid="login-provider">
          {words.loginElsewhere}
        </a>
      )}
      <button class="text" aria-label={words.languageLabel} onClick={switchLanguage} data-testid="console-language">
        {words.language}
      </button>
    </main>
  );
}
