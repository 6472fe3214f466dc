// Entry of the demo shop: everything is drawn once its language is known.
import { render } from "preact";
import "../shared/tokens.css";
import { followAddress } from "./language";
import { Shop } from "./Shop";
import "./shop.css";

followAddress();
render(<Shop />, document.getElementById("shop")!);
