/** A table with a row of headings. */
import type { ComponentChildren } from "preact";

interface Props {
  readonly headings: readonly string[];
  readonly class?: string;
  /** Its rows. */
  readonly children: ComponentChildren;
}

export function Table({ headings, class: name, children }: Props) {
  return (
    <table class={name}>
      <thead>
        <tr>
          {headings.map((heading) => (
            <th scope="col" key={heading}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
