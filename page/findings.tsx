/** The findings that pass the filters: the first ones at once, since nobody reads thousands. */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { PageFinding, PageRule } from "../lib/report/html/page-data.ts";
import type { Filters } from "./filters.ts";
import { Finding } from "./finding.tsx";
import { inDigits, keyOf } from "./words.ts";

const step = 100;

interface Props {
  readonly findings: readonly PageFinding[];
  readonly rules: readonly PageRule[];
  readonly filters: Filters;
  readonly isPrinting: boolean;
}

export function Findings({ findings, rules, filters, isPrinting }: Props) {
  const [count, setCount] = useState(step);
  const [areOpen, setAreOpen] = useState(false);
  const byName = useMemo(() => new Map(rules.map((rule) => [rule.rule, rule])), [rules]);
  // Other filters show another list, from its beginning.
  useEffect(() => setCount(step), [filters]);
  const shown = isPrinting ? findings : findings.slice(0, count);
  const left = findings.length - shown.length;
  if (findings.length === 0) return <p class="empty">Nothing passes these filters.</p>;
  return (
    <>
      <button type="button" class="open-all" aria-pressed={areOpen} onClick={() => setAreOpen(!areOpen)}>
        {areOpen ? "Close all" : "Open all shown"}
      </button>
      <ul class="findings">
        {shown.map((finding) => (
          <Finding
            key={keyOf(finding)}
            finding={finding}
            rule={byName.get(finding.rule) ?? null}
            isOpenAtFirst={areOpen}
            isPrinting={isPrinting}
          />
        ))}
      </ul>
      {left > 0 && (
        <button type="button" class="more" onClick={() => setCount(count + 5 * step)}>
          Show {inDigits(Math.min(left, 5 * step))} more of {inDigits(left)}
        </button>
      )}
    </>
  );
}
