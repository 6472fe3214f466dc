// A native dialog: it traps focus, closes on Escape and gives the focus back by itself.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  testid: string;
  children: ComponentChildren;
}

export function Dialog({ title, open, onClose, testid, children }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) box.current?.showModal();
    else box.current?.close();
  }, [open]);
  return (
    <dialog ref={box} aria-label={title} onClose={onClose} data-testid={testid}>
      {open && (
        <>
          <h2>{title}</h2>
          {children}
        </>
      )}
    </dialog>
  );
}
