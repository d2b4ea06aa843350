import fc from "fast-check";
import { expect, test } from "vitest";
import type { PageFinding } from "../../lib/report/html/page-data.ts";
import { type Filters, newSearch, noFilters, readFilters, verdicts, writeFilters } from "../../page/filters.ts";

const verdictFilter = fc.constantFrom<Filters["verdict"]>(
  "",
  "OPEN",
  ...(Object.keys(verdicts) as Filters["verdict"][]),
);
const text = fc.string({ unit: "grapheme" }).filter((given) => given.isWellFormed());
const filters = fc.record({ practice: text, rule: text, verdict: verdictFilter, severity: text, change: text, text });

test("an address that was written is read as the same filters", () => {
  fc.assert(
    fc.property(filters, (given) => {
      expect(readFilters(writeFilters(given))).toEqual(given);
    }),
  );
});

test.each(["", "#", "#verdict=constructor", "#verdict=%ZZ&unknown=1", "#&&==", "#verdict=__proto__"])(
  "%s is no filter",
  (hash) => expect(readFilters(hash)).toEqual(noFilters),
);

test("an address says only what differs from the beginning", () => {
  expect(writeFilters(noFilters)).toBe("#");
  expect(writeFilters({ ...noFilters, text: "a b" })).toBe("#text=a+b");
});

const found: PageFinding = {
  rule: "dynamodb-policy-conditions",
  practice: "Conditions for fine-grained access",
  verdict: "NON_COMPLIANT",
  severity: "HIGH",
  resource: { noun: "role", name: "Support", id: "AROA1", arn: "arn:aws:iam::123456789012:role/Support" },
  summary: "allows Scan",
  reasons: [{ code: "free", text: "allows Scan; a condition is wanted", cause: "policy tickets" }],
  request: {
    principal: "arn:aws:iam::123456789012:role/Support",
    action: "dynamodb:Scan",
    resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
    context: [],
    allowedBy: ["tickets/LookUp"],
    ask: null,
  },
  mend: null,
  exemption: null,
  change: "new",
  fingerprint: "f1",
};

test.each<readonly [Partial<Filters>, isFound: boolean]>([
  [{}, true],
  [{ text: "support" }, true],
  [{ text: "  SCAN   orders " }, true],
  [{ text: "tickets f1 aroa1" }, true],
  [{ text: "scan nobody" }, false],
  [{ practice: "Conditions for fine-grained access", rule: "dynamodb-policy-conditions" }, true],
  [{ practice: "Encryption at rest" }, false],
  [{ rule: "dynamodb-static-keys" }, false],
  [{ verdict: "NON_COMPLIANT", severity: "HIGH", change: "new" }, true],
  [{ verdict: "NOT_READ" }, false],
  [{ verdict: "" }, true],
  [{ severity: "LOW" }, false],
  [{ change: "unchanged" }, false],
])("%o finds it: %s", (asked, isFound) => {
  expect(newSearch([found])({ ...noFilters, ...asked })).toEqual(isFound ? [found] : []);
});

test.each<readonly [PageFinding["verdict"], isOpen: boolean]>([
  ["NON_COMPLIANT", true],
  ["NOT_READ", true],
  ["EXEMPTED", false],
  ["COMPLIANT", false],
  ["NOT_APPLICABLE", false],
])("at the beginning %s is shown: %s", (verdict, isOpen) => {
  expect(newSearch([{ ...found, verdict }])(noFilters)).toHaveLength(isOpen ? 1 : 0);
});
