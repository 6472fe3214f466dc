// Entry of the demo shop: the language comes from the address, then from the browser's memory of the last choice.
import { render } from "preact";
import "../shared/tokens.css";
import { followAddress } from "./language";
import { Shop } from "./Shop";
import "./shop.css";

followAddress();
render(<Shop />, document.getElementById("shop")!);
