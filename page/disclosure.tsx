/** What opens in place, and is made only where somebody looks. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Props {
  readonly summary: ComponentChildren;
  /** Opens or closes it whenever it changes. */
  readonly isOpenAtFirst?: boolean;
  /** On paper it is open, whatever it was. */
  readonly isPrinting: boolean;
  readonly children: () => ComponentChildren;
}

export function Disclosure({ summary, isOpenAtFirst = false, isPrinting, children }: Props) {
  const [isOpen, setIsOpen] = useState(isOpenAtFirst);
  useEffect(() => setIsOpen(isOpenAtFirst), [isOpenAtFirst]);
  const isShown = isOpen || isPrinting;
  // Not by the event that tells of a change: it comes late, and tells of printing too.
  const toggle = (event: Event): void => {
    event.preventDefault();
    setIsOpen(!isOpen);
  };
  return (
    <details open={isShown}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a summary is no static element, and the keyboard clicks it too */}
      <summary onClick={toggle}>{summary}</summary>
      {isShown && children()}
    </details>
  );
}
