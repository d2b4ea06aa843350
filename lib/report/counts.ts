/** The terminal report's table: how many resources comply, by practice and rule. */
import { type Counts, countsOf, type RuleReport } from "./report.ts";
import { emphasise, type TextOptions, wrap } from "./text.ts";

interface Column {
  readonly title: string;
  readonly count: keyof Counts;
}

function columnsFor({ exempted }: Counts): readonly Column[] {
  return [
    { title: "compliant", count: "compliant" },
    { title: "violations", count: "violations" },
    ...(exempted === 0 ? [] : [{ title: "exempted", count: "exempted" } as const]),
    { title: "not applicable", count: "notApplicable" },
    { title: "unread", count: "unread" },
  ];
}

/** One line a rule under its practice; where the width is too small for columns, in words. */
export function countsTable(rules: readonly RuleReport[], options: TextOptions): readonly string[] {
  const total = countsOf(rules);
  const columns = columnsFor(total);
  const rows: (readonly [label: string, counts: Counts | null])[] = [["  rule", null]];
  for (const [at, rule] of rules.entries()) {
    if (rule.practice !== rules[at - 1]?.practice) rows.push([`  ${rule.practice}`, null]);
    rows.push([`    ${rule.rule}`, countsOf([rule])]);
  }
  rows.push([`  ${summary(total)}`, total]);

  const labelWidth = Math.max(...rows.map(([label]) => label.length));
  const tableWidth = columns.reduce((width, { title }) => width + 2 + title.length, labelWidth);
  if (tableWidth > options.width) return inWords(rows.slice(1), columns, options);
  return rows.map(([label, counts], at) => {
    const cells = columns.map(({ title, count }) =>
      (at === 0 ? title : (counts?.[count].toLocaleString("en-US") ?? "")).padStart(title.length + 2),
    );
    const line = `${label.padEnd(labelWidth)}${cells.join("")}`.trimEnd();
    return at === 0 || at === rows.length - 1 ? emphasise(line, "bold", options) : line;
  });
}

function inWords(
  rows: readonly (readonly [string, Counts | null])[],
  columns: readonly Column[],
  { width }: TextOptions,
): readonly string[] {
  return rows.flatMap(([label, counts]) => {
    const indent = label.length - label.trimStart().length;
    const words =
      counts === null
        ? []
        : [columns.map(({ title, count }) => `${title} ${counts[count].toLocaleString("en-US")}`).join(", ")];
    return [label.trim(), ...words].flatMap((text, at) =>
      wrap(text, width - indent).map((line) => `${" ".repeat(indent + 2 * Math.min(at, 1))}${line}`),
    );
  });
}

function summary({ compliant, violations, exempted }: Counts): string {
  const judged = compliant + violations + exempted;
  return judged === 0
    ? "no resource was judged"
    : `${compliant.toLocaleString("en-US")} of ${judged.toLocaleString("en-US")} judged resources comply`;
}
