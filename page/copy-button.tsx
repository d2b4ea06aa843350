/** Copies a text as it stands, and says whether it did. */
import { useState } from "preact/hooks";

type State = "ready" | "copied" | "refused";
const words: Readonly<Record<State, string>> = {
  ready: "Copy",
  copied: "Copied",
  refused: "Select and copy it",
};

export function CopyButton({ text, name }: { readonly text: string; readonly name: string }) {
  const [state, setState] = useState<State>("ready");
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState("copied");
    } catch {
      setState("refused");
    }
    setTimeout(() => setState("ready"), 3_000);
  };
  return (
    <button type="button" class="copy" onClick={copy} aria-label={`${words[state]}: ${name}`}>
      <span aria-live="polite">{words[state]}</span>
    </button>
  );
}
