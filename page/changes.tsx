/** What changed since an earlier report. */
import type { PageComparison } from "../lib/report/html/page-data.ts";
import { Fact } from "./fact.tsx";
import { inDigits } from "./words.ts";

export function Changes({ comparison }: { readonly comparison: PageComparison }) {
  return (
    <section aria-labelledby="changes-title">
      <h2 id="changes-title">Since the baseline of {comparison.since}</h2>
      <dl class="changes">
        {comparison.groups.map(({ label, count, rows }) => (
          <Fact key={label} label={label}>
            <strong>{inDigits(count)}</strong>
            {rows.map((row) => (
              <p key={row}>{row}</p>
            ))}
          </Fact>
        ))}
      </dl>
      {comparison.cautions.map((caution) => (
        <p class="note" key={caution}>
          {caution}
        </p>
      ))}
    </section>
  );
}
