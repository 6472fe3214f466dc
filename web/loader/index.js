// Puts the chat's one script line into the page, and queues what is called before it is there.

/** Option -> attribute of the script line. */
const ATTRIBUTES = {
  lang: "lang",
  accent: "accent",
  position: "position",
  name: "name",
  logo: "logo",
  launcher: "launcher",
};

/** Calls go to the chat, or wait for it. On a server, where there is no page, they are forgotten. */
export function yorisoi(...call) {
  if (typeof window === "undefined") return;
  window.yorisoi ??= function () {
    (window.yorisoi.q ??= []).push(arguments);
  };
  window.yorisoi(...call);
}

let loading = null;

/** Resolves when the script is there; rejects when it cannot be loaded, and the next call tries again. */
export function load(options) {
  if (typeof document === "undefined") return Promise.resolve();
  loading ??= insert(options).catch((problem) => {
    loading = null;
    throw problem;
  });
  return loading;
}

function insert({ url, customer, nonce, ...looks }) {
  const script = document.createElement("script");
  for (const [option, attribute] of Object.entries(ATTRIBUTES)) {
    if (looks[option] !== undefined) script.dataset[attribute] = String(looks[option]);
  }
  if (nonce) script.nonce = nonce;
  if (customer) yorisoi("identify", customer);
  script.async = true;
  return new Promise((resolve, reject) => {
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Error(`The chat could not be loaded from ${script.src}.`));
    };
    script.src = new URL("widget.js", url.endsWith("/") ? url : `${url}/`).href;
    document.head.append(script);
  });
}
