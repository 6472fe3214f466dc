// Entry of the second file: what is inside the chat, loaded when it is first opened.
import type { handed } from "./handed";
import { Panel } from "./Panel";
import css from "./panel.css?inline";

((globalThis as Record<symbol, unknown>)[Symbol.for("yorisoi")] as typeof handed).panel = { Panel, css };
