// Entry of the agent console.
import { render } from "preact";
import "../shared/tokens.css";
import { App } from "./App";
import "./state/live";
import { recognise } from "./state/me";
import "./styles/frame.css";
import "./styles/inbox.css";
import "./styles/thread.css";
import "./styles/context.css";
import "./styles/numbers.css";
import "./styles/phone.css";
import "./styles/desk.css";

render(<App />, document.getElementById("console")!);
void recognise();
