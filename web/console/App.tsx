// The frame: login, top bar, the three panes or the numbers.
import { ShortcutList, useShortcuts } from "./shortcuts";
import { connected } from "./state/live";
import { standing } from "./state/me";
import { route } from "./state/route";
import { text } from "./text";
import { AlertsDialog } from "./views/AlertsDialog";
import { asking } from "./views/asking";
import { lazily } from "./views/Lazy";
import { Login } from "./views/Login";
import { RepliesDialog } from "./views/RepliesDialog";
import { Toasts } from "./views/Toasts";
import { TopBar } from "./views/TopBar";

const Desk = lazily(() => import("./views/Desk").then((page) => page.Desk));
const Numbers = lazily(() => import("./views/Numbers").then((page) => page.Numbers));
const Knowledge = lazily(() => import("./views/knowledge/Knowledge").then((page) => page.Knowledge));
const Editor = lazily(() => import("./views/articles/Editor").then((page) => page.Editor));
const Palette = lazily(() => import("./views/Palette").then((page) => page.Palette));
const Insight = lazily(() => import("./views/insight/Insight").then((page) => page.Insight));
const Improvements = lazily(() => import("./views/improvements/Improvements").then((page) => page.Improvements));
const Settings = lazily(() => import("./views/settings/Settings").then((page) => page.Settings));
const People = lazily(() => import("./views/people/People").then((page) => page.People));
const Welcome = lazily(() => import("./views/people/Welcome").then((page) => page.Welcome));

function Page() {
  switch (route.value.page) {
    case "numbers":
      return <Numbers />;
    case "insight":
      return <Insight />;
    case "improvements":
      return <Improvements />;
    case "knowledge":
      return <Knowledge />;
    case "article":
      return <Editor />;
    case "people":
      return <People />;
    case "settings":
      return <Settings />;
    default:
      return <Desk />;
  }
}

function Screen() {
  useShortcuts();
  const expired = standing.value === "expired";
  return (
    <>
      <div class="frame" inert={expired}>
        <TopBar />
        {!connected.value && (
          <p class="offline" role="status">
            {text().offline}
          </p>
        )}
        <Page />
      </div>
      <ShortcutList />
      <RepliesDialog />
      <AlertsDialog />
      {asking.value === "palette" && <Palette />}
      <Toasts />
      {expired && <Login expired />}
    </>
  );
}

function Unreachable() {
  return (
    <main class="login">
      <p>{text().unreachable}</p>
      <button class="solid" onClick={() => location.reload()}>
        {text().retry}
      </button>
    </main>
  );
}

export function App() {
  if (route.value.page === "welcome") return <Welcome />;
  switch (standing.value) {
    case "unknown":
      return <p class="login">{text().loading}</p>;
    case "unreachable":
      return <Unreachable />;
    case "out":
      return <Login />;
    default:
      return <Screen />;
  }
}
