/** A label and what stands beside it, in a list of such. */
import type { ComponentChildren } from "preact";

export function Fact({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
