import fc from "fast-check";
import { expect, test } from "vitest";
import { commentLimit, markdownReport } from "../../../lib/report/markdown.ts";
import type { Evaluation } from "../../../lib/rule.ts";
import { compliant, exempt, report, resource, ruleReport, unread, violation } from "./sample.ts";

test("a comment has a table, what was not read, and violations, worst first, each to be opened", () => {
  const text = markdownReport(
    report([
      ruleReport(
        [
          compliant(resource("Orders")),
          exempt(resource("Sandbox"), "tag Stage=test (exemptResourceTag)"),
          violation(resource("Sessions")),
          violation(resource("Ledger"), {
            severity: "CRITICAL",
            reasons: [
              { code: "keyPendingDeletion", found: "key ...1234 is PendingDeletion", wanted: "", source: null },
            ],
          }),
        ],
        [unread(resource("Legacy")), unread(resource("Archive"))],
      ),
    ]),
  );

  expect(text).toBe(`\
## DynamoDB compliance

Account \` 123456789012 \`, \` us-east-1 \`, recorded 2026-01-01: **2 violations** and **2 unread**; 1 of 3 verdicts COMPLIANT.

| rule | compliant | violations | not applicable | unread |
| --- | --: | --: | --: | --: |
| \` dynamodb-table-encryption \` | 1 | 2 | 1 | 2 |

- exempt by \` tag Stage=test (exemptResourceTag) \`: \` table Sandbox \`

### Not read: nothing here counts as compliant

<details>
<summary><b>NOT READ</b> <code>kms:DescribeKey on key ...9c02 was denied. Allow it to role/scanner in the key&#39;s policy</code></summary>

\`\`\`text
kms:DescribeKey on key ...9c02 was denied. Allow it to role/scanner in the key's policy
  No verdict  2 tables: Legacy, Archive
  Rules       dynamodb-table-encryption
\`\`\`

</details>

### Violations, worst first

<details>
<summary><b>CRITICAL</b> <code>dynamodb-table-encryption</code> <code>table Ledger</code></summary>

\`\`\`text
CRITICAL  dynamodb-table-encryption   table Ledger
          key ...1234 is PendingDeletion
          Mend       Set it
                     aws dynamodb update-table --table-name Ledger
          May break  Nothing
\`\`\`

</details>

<details>
<summary><b>LOW</b> <code>dynamodb-table-encryption</code> <code>table Sessions</code></summary>

\`\`\`text
LOW       dynamodb-table-encryption   table Sessions
          AWS owned key; stronger required
          Mend       Set it
                     aws dynamodb update-table --table-name Sessions
          May break  Nothing
\`\`\`

</details>
`);
});

test("a violation that somebody took upon himself is told, and is none of those that count", () => {
  const exemption = "Test data, until 2027-06-30";
  const text = markdownReport(report([ruleReport([violation(resource("Sandbox"), { exemption })])]));
  expect(text).toContain("**0 violations**, 1 exempted, and **0 unread**; 0 of 1 verdict COMPLIANT.");
  expect(text).toContain(`- exempt by \` ${exemption} \`: \` table Sandbox \``);
});

test("where all is well the comment is the table", () => {
  const text = markdownReport(report([ruleReport([compliant(resource("Orders"))])], { isRecorded: false }));

  expect(text).toContain("live: **0 violations** and **0 unread**; 1 of 1 verdict COMPLIANT.");
  expect(text).not.toContain("###");
});

function causes(count: number, found: (at: number) => string): readonly Evaluation[] {
  return Array.from({ length: count }, (_, at) =>
    violation(resource(`Table-${at}`), { reasons: [{ code: "weak", found: found(at), wanted: "", source: null }] }),
  );
}

test("a comment is never too long: how many are left out is said, and what was not read keeps its place", () => {
  const notRead = Array.from({ length: 3 }, (_, at) => unread(null, { message: `failed for reason ${at}` }));
  const text = markdownReport(
    report([
      ruleReport(
        causes(2_000, (at) => `weak key ${at}`),
        notRead,
      ),
    ]),
  );

  const shown = text.match(/<b>LOW<\/b>/g)?.length ?? 0;
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentLimit);
  expect(Buffer.byteLength(text)).toBeGreaterThan(commentLimit / 2);
  expect(text.match(/<b>NOT READ<\/b>/g)).toHaveLength(3);
  expect(text).toContain(`**${(2_000 - shown).toLocaleString("en-US")} more of these left out: `);
});

test("as many failed reads take no more than their half", () => {
  const notRead = Array.from({ length: 2_000 }, (_, at) => unread(null, { message: `failed for reason ${at}` }));
  const text = markdownReport(
    report([
      ruleReport(
        causes(2_000, (at) => `weak key ${at}`),
        notRead,
      ),
    ]),
  );

  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(commentLimit);
  expect(text.match(/<b>LOW<\/b>/g)?.length).toBeGreaterThan(20);
  expect(text.match(/more of these left out/g)).toHaveLength(2);
});

test("a finding that is too long alone is told without its details, and the others stay", () => {
  const text = markdownReport(
    report([ruleReport(causes(3, (at) => (at === 0 ? "long ".repeat(20_000) : `weak ${at}`)))]),
  );

  expect(text).toContain("<code>table Table-0</code>: too long to be shown here</p>");
  expect(text.match(/<details>/g)).toHaveLength(2);
});

test("a long document is left to the other formats, a short one is shown", () => {
  const mended = (name: string, lines: number): Evaluation => {
    const steps = [{ file: `${name}.json`, content: `${Array.from({ length: lines }, () => name).join("\n")}\n` }];
    const mend = { summary: "Narrow it", steps, mayBreak: "Something", choice: null };
    return violation(resource(name), { mend, reasons: [{ code: name, found: "wide", wanted: "", source: null }] });
  };
  const text = markdownReport(report([ruleReport([mended("short", 12), mended("long", 13)])]));

  expect(text).toContain("long.json: 13 lines, in the formats table and json");
  expect(text.match(/^ +short$/gm)).toHaveLength(12);
  expect(text).toContain("May break  Something");
});

/** What GitHub reads as Markdown or HTML, after CommonMark: code is taken out, blocks first. */
function readAsMarkup(text: string): string {
  const lines: string[] = [];
  let fence = "";
  for (const line of text.split("\n")) {
    const run = /^ {0,3}(`{3,})(?:text)?\s*$/.exec(line)?.[1] ?? "";
    if (fence === "") {
      if (run === "") lines.push(line);
      fence = run;
    } else if (run.length >= fence.length) fence = "";
  }
  return lines
    .join("\n")
    .replace(/<code>[^<>]*<\/code>/g, "C")
    .replace(/(?<!`)(`+)(?!`)(?:[^\n]*?[^`\n])\1(?!`)/g, "C");
}

const hostile = fc.oneof(
  fc.string({ unit: "binary", minLength: 1 }),
  fc.string({ unit: fc.constantFrom(..."`|<>&[]()!*_~#@:\\/ \n\r\t-=+.1a"), minLength: 1, maxLength: 40 }),
  fc.constantFrom(
    "</code><script>alert(1)</script>",
    "```\n</details>\n# injected",
    "[x](javascript:alert(1))",
    "@octocat",
    "![](https://example.com/pixel)",
    "</summary></details><img src=x onerror=alert(1)>",
    "a | b\n| --- |",
  ),
);

function named(name: string): string {
  const of = resource(name);
  const witness = { principal: name, action: name, resource: name, context: { [name]: name }, allowedBy: [name] };
  const reasons = [{ code: "x", found: name, wanted: name, source: resource(name, "AWS::IAM::Policy") }] as const;
  const mend = {
    summary: name,
    steps: [{ command: ["aws", name] as const }, { file: name, content: name }, { words: name }],
    mayBreak: name,
    choice: name,
  };
  return markdownReport(
    report(
      [
        ruleReport(
          [violation(of, { witness, reasons, mend }), exempt(resource("Sandbox"), name)],
          [unread(of, { call: name, message: name }), unread(null, { message: name })],
        ),
      ],
      { accountId: name, region: name },
    ),
  );
}

test("whatever the names, the markup is that of a harmless report", () => {
  const harmless = readAsMarkup(named("name"));
  expect(harmless.match(/C/g)?.length).toBeGreaterThan(6);
  fc.assert(
    fc.property(hostile, (name) => {
      expect(readAsMarkup(named(name))).toBe(harmless);
    }),
    { numRuns: 500 },
  );
});
