import { describe, expect, it } from "vitest";
import {
  covers,
  type Exemption,
  exemptionsOf,
  exemptionsParameter,
  isDay,
  longestReason,
} from "../../lib/exemptions.ts";
import { ParameterError, type ParameterSet, parseParameters, printParameters } from "../../lib/parameters.ts";
import type { CommonParameters, Resource } from "../../lib/rule.ts";

const set: ParameterSet<CommonParameters> = {
  byName: { exemptions: exemptionsParameter },
  contradictions: () => [],
};

function parsed(exemptions: unknown): readonly Exemption[] {
  return parseParameters(set, { exemptions }, "ruleParameters").exemptions;
}

function faultsOf(exemptions: unknown): readonly string[] {
  try {
    parsed(exemptions);
  } catch (error) {
    if (error instanceof ParameterError) return error.faults;
    throw error;
  }
  return [];
}

const legacy = { resource: "Legacy", reason: "retired in January", expires: "2027-01-31" };
const sandbox = { resource: "Sandbox-*", reason: "TICKET-123", expires: "2027-06-30" };
const arn = "arn:aws:dynamodb:us-east-1:123456789012:table/Orders";

describe("the parameter is read", () => {
  const cases: Record<string, [given: unknown, exemptions: readonly Exemption[]]> = {
    "as none where it is blank": [" ", []],
    "as none where the list is empty": [[], []],
    "with one entry": ["Legacy until 2027-01-31 because retired in January", [legacy]],
    "with several, in their order": [
      "Sandbox-* until 2027-06-30 because TICKET-123, Legacy until 2027-01-31 because retired in January",
      [sandbox, legacy],
    ],
    "with any white space between words, as YAML folds it": [
      "\n  Sandbox-*  until 2027-06-30\n  because TICKET-123,Legacy\tuntil 2027-01-31 because retired\n in January\n",
      [sandbox, legacy],
    ],
    "from a list": [
      ["Sandbox-* until 2027-06-30 because TICKET-123", " Legacy until 2027-01-31 because retired in January "],
      [sandbox, legacy],
    ],
    "with an ARN": [`${arn} until 2027-01-31 because x`, [{ resource: arn, reason: "x", expires: "2027-01-31" }]],
    "with a resource of several words": [
      "shop template.yaml Policy until 2027-01-31 because x",
      [{ resource: "shop template.yaml Policy", reason: "x", expires: "2027-01-31" }],
    ],
    "with the words of the form in the reason": [
      "Orders until 2027-01-31 because until then because nobody",
      [{ resource: "Orders", reason: "until then because nobody", expires: "2027-01-31" }],
    ],
    "with the longest reason": [
      `Orders until 2027-01-31 because ${"x".repeat(longestReason)}`,
      [{ resource: "Orders", reason: "x".repeat(longestReason), expires: "2027-01-31" }],
    ],
  };
  for (const [sentence, [given, exemptions]] of Object.entries(cases)) {
    it(sentence, () => {
      expect(parsed(given)).toEqual(exemptions);
    });
  }

  it("and printed in one line, as AWS Config would hold it", () => {
    expect(printParameters(set, { exemptions: [sandbox, legacy] })).toEqual({
      exemptions: "Sandbox-* until 2027-06-30 because TICKET-123, Legacy until 2027-01-31 because retired in January",
    });
    expect(printParameters(set, { exemptions: [] })).toEqual({});
  });
});

describe("the parameter is refused for", () => {
  const use =
    "use `RESOURCE until YYYY-MM-DD because REASON`, several separated by commas, where RESOURCE is an id, a name or an ARN with the wildcards * and ?";
  const whole = "Legacy until 2027-01-31 because retired";
  const cases: Record<string, [given: unknown, entry: string, why: string | null]> = {
    "a name alone": ["Orders", "Orders", "it does not say until which day"],
    "no resource": ["until 2027-01-31 because x", "until 2027-01-31 because x", "it names no resource"],
    "no reason": ["Orders until 2027-01-31", "Orders until 2027-01-31", "it gives no reason"],
    "a reason that is blank": [
      "Orders until 2027-01-31 because ",
      "Orders until 2027-01-31 because",
      "it gives no reason",
    ],
    "a reason and no day": ["Orders because x", "Orders because x", "it does not say until which day"],
    "no day before the reason": ["Orders until because x", "Orders until because x", "it names no day"],
    "words in other letters": [
      "Orders UNTIL 2027-01-31 BECAUSE x",
      "Orders UNTIL 2027-01-31 BECAUSE x",
      "it does not say until which day",
    ],
    "a day that is none": [
      "Orders until 2027-02-30 because x",
      "Orders until 2027-02-30 because x",
      "2027-02-30 is no day",
    ],
    "a time": [
      "Orders until 2027-02-03T00:00:00Z because x",
      "Orders until 2027-02-03T00:00:00Z because x",
      "2027-02-03T00:00:00Z is no day",
    ],
    "a day of words": [
      "Orders until further notice because x",
      "Orders until further notice because x",
      "it names no day",
    ],
    "an end that is none": ["Orders until never because x", "Orders until never because x", "never is no day"],
    "a reason that is longer than an annotation has room for": [
      `Orders until 2027-01-31 because ${"x".repeat(longestReason + 1)}`,
      `Orders until 2027-01-31 because ${"x".repeat(48)}...`,
      "its reason is longer than 160 characters",
    ],
    "a comma in a reason": [`${whole}, then deleted`, "then deleted", "it does not say until which day"],
    "a comma that is missing": [
      "A until 2027-01-31 because x B until 2027-01-31 because y",
      "A until 2027-01-31 because x B until 2027-01-31 because y",
      "it holds two exemptions without a comma between",
    ],
    "a comma too many": [`${whole}, `, `${whole}, `, "an entry cannot be blank"],
    "a comma alone": [",", ",", "an entry cannot be blank"],
    "a blank entry of a list": [[whole, " "], " ", "an entry cannot be blank"],
    "an entry of a list that text could not hold": [[`${whole}, x`], `${whole}, x`, "an entry cannot hold a comma"],
    "an entry that is no text": [[whole, 5], "5", null],
    "a file's entry": [[legacy], JSON.stringify(legacy), null],
    "what is neither text nor a list": [7, "7", null],
  };
  for (const [sentence, [given, entry, why]] of Object.entries(cases)) {
    it(sentence, () => {
      const [first] = faultsOf(given);
      expect(first).toBe(`ruleParameters.exemptions is \`${entry}\`${why === null ? "" : ` (${why})`}; ${use}`);
    });
  }

  it("each entry that is at fault, by name", () => {
    expect(faultsOf(`A until x because y, ${whole}, B`)).toEqual([
      `ruleParameters.exemptions is \`A until x because y\` (x is no day); ${use}`,
      `ruleParameters.exemptions is \`B\` (it does not say until which day); ${use}`,
    ]);
  });
});

describe("an exemption", () => {
  const orders: Resource = { type: "AWS::DynamoDB::Table", id: "id-1", name: "Orders", arn };
  it.each<[string, string, boolean]>([
    ["covers by the id", "id-1", true],
    ["covers by the name", "Orders", true],
    ["covers by the ARN", arn, true],
    ["covers by a pattern", "arn:*:table/Ord?rs", true],
    ["does not cover a longer name", "Order", false],
    ["does not cover a name in other letters", "orders", false],
    ["does not cover what only holds it", "rder", false],
  ])("%s", (_, resource, expected) => {
    expect(covers({ ...legacy, resource }, orders)).toBe(expected);
  });

  it("needs no ARN where there is none", () => {
    expect(covers({ ...legacy, resource: "null" }, { ...orders, arn: null })).toBe(false);
  });

  it.each<[string, string, "inForce" | "ended"]>([
    ["holds long before", "2020-01-01T00:00:00.000Z", "inForce"],
    ["holds on the last day's first moment", "2027-01-31T00:00:00.000Z", "inForce"],
    ["holds on the last day's last moment", "2027-01-31T23:59:59.999Z", "inForce"],
    ["has ended a moment later", "2027-02-01T00:00:00.000Z", "ended"],
  ])("%s", (_, now, where) => {
    const found = exemptionsOf(orders, [{ ...legacy, resource: "*" }, legacy], new Date(now));
    expect({ inForce: found.inForce.length, ended: found.ended.length }).toEqual({ inForce: 0, ended: 0, [where]: 1 });
  });
});

it.each([
  ["2027-06-30", true],
  ["2028-02-29", true],
  ["2027-02-29", false],
  ["2027-13-01", false],
  ["2027-6-30", false],
  ["2027-06-30 ", false],
  ["30.06.2027", false],
])("%s is a day: %s", (given, expected) => {
  expect(isDay(given)).toBe(expected);
});
