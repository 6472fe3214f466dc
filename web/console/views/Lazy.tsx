// A page that is loaded when it is first opened, so that the desk starts without it.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { text } from "../text";

export function lazily<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let found: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [, again] = useState(0);
    const [failed, setFailed] = useState(false);
    useEffect(() => {
      if (found) return;
      load().then(
        (view) => {
          found = view;
          again(1);
        },
        () => setFailed(true),
      );
    }, []);
    const View = found;
    if (View) return <View {...props} />;
    return (
      <main class="knowledge">
        <p role="status">{failed ? text().unreachable : text().loading}</p>
      </main>
    );
  };
}
