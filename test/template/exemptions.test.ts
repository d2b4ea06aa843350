/** Exemptions until a day, from the stack's parameters to the rules. */
import { expect, test } from "vitest";
import { longestReason, printExemption } from "../../lib/exemptions.ts";
import { logicalName, parameterId } from "../../scripts/logical-id.ts";
import { deployed } from "./deployed.ts";
import { ref, rules, template } from "./stack.ts";

const region = "us-east-1";
const entry = "Sandbox-* until 2027-06-30 because TICKET-123, Legacy until 2027-01-31 because retired in January";

test.each(rules)("$name gets what is given, and nothing by default: AWS Config refuses a blank text", ({ name }) => {
  const id = parameterId(name, "exemptions");
  const inputOf = (given: Readonly<Record<string, string>>) =>
    deployed(region, given).resources[`${logicalName(name)}Rule`]?.Properties["InputParameters"];
  expect(inputOf({ [id]: entry })).toMatchObject({ exemptions: ref(id) });
  expect(inputOf({})).not.toHaveProperty("exemptions");
});

test.each(rules)("$name has room for the longest reason, and for two short exemptions", ({ name }) => {
  const { MaxLength } = template.Parameters[parameterId(name, "exemptions")] ?? {};
  const longest = printExemption({
    resource: "x".repeat(50),
    reason: "y".repeat(longestReason),
    expires: "2027-06-30",
  });
  expect(MaxLength).toBeGreaterThanOrEqual(Math.max(longest.length, entry.length));
});
