import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exempted } from "../../lib/aws-config/exempted.ts";
import { parseInvocation } from "../../lib/aws-config/invoking-event.ts";
import { notVerified } from "../../lib/aws-config/not-verified.ts";
import { newRun, type Reported, type Run } from "../../lib/aws-config/run.ts";
import { type Exemption, exemptionsParameter, printExemption } from "../../lib/exemptions.ts";
import { judgeReading } from "../../lib/judge.ts";
import type { Evaluation, Outcome, Reading } from "../../lib/rule.ts";
import { accountId, all, region } from "../fakes/account.ts";
import { invokingEventOf } from "../fakes/lambda.ts";
import { dictatedRule, lasting, passing, type Told } from "../fakes/rule.ts";

const rule = dictatedRule({});
const today = "2027-01-31";
const now = new Date(`${today}T12:00:00.000Z`);

const anyExemptions: fc.Arbitrary<readonly Exemption[]> = fc.array(
  fc.record({
    resource: fc.constantFrom("*", "A*", "?1", "A0", "B1", "*:table/B?", "nothing"),
    reason: fc.constantFrom("known", "TICKET-123"),
    expires: fc.constantFrom("2020-12-31", "2027-01-30", today, "2027-02-01", "2030-06-30"),
  }),
  { maxLength: 5 },
);

const anyReadings: fc.Arbitrary<readonly Reading<Told>[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom("A0", "A1", "B0", "B1", "C2"),
      is: fc.constantFrom("fine", "wrong", "gone", "exempt", "unread", "undecided", "withheld"),
      arn: fc.boolean(),
    }),
    { selector: ({ name }) => name },
  )
  .map((rows) => rows.map(({ name, is, arn }) => readingOf(name, is, arn)));

function readingOf(name: string, is: string, hasArn: boolean): Reading<Told> {
  const arn = hasArn ? `arn:aws:dynamodb:us-east-1:123456789012:table/${name}` : null;
  const resource = { type: "AWS::DynamoDB::Table", id: name, name, arn } as const;
  if (is === "gone") return { resource, gone: true };
  if (is === "exempt") return { resource, exempt: "tag stage=test (exemptResourceTag)" };
  if (is === "unread") return { resource, unread: lasting };
  if (is === "withheld") return { resource, unread: passing };
  if (is === "undecided") return { resource, facts: { unread: lasting } };
  return { resource, facts: is === "wrong" ? { wrong: "It is wrong" } : "fine" };
}

function judged(readings: readonly Reading<Told>[], exemptions: readonly Exemption[]): readonly Outcome[] {
  const session = { accountId, region, now };
  return readings.map((reading) => {
    const told = "facts" in reading && typeof reading.facts === "object" && "unread" in reading.facts;
    const own = told ? { ...rule, evaluate: () => ({ unread: lasting }) } : rule;
    return judgeReading(own, session, { strict: false, exemptions }, reading);
  });
}

/** What AWS Config is told of the outcomes. */
async function reported(outcomes: readonly Outcome[], exemptions: readonly Exemption[]): Promise<[Reported[], Run]> {
  const run: Run = { ...newRun(parseInvocation(invokingEventOf("scheduled"))), now, parameters: { exemptions } };
  const request = { event: run, response: outcomes as unknown };
  for (const { after } of [exempted(), notVerified()]) await after?.(request as never);
  return [await all(request.response as AsyncIterable<Reported>), run];
}

const spellings = ({ resource: { id, name, arn } }: Evaluation): readonly string[] => [id, name, arn ?? ""];

/** As the words of the documentation have it, and not as the code does. */
function holds({ resource, expires }: Exemption, evaluation: Evaluation): boolean {
  const pattern = new RegExp(`^${resource.replaceAll("*", ".*").replaceAll("?", ".")}$`);
  return Date.parse(expires) + 86_400_000 > now.getTime() && spellings(evaluation).some((one) => pattern.test(one));
}

describe("exemptions", () => {
  it("change nothing but the mark on violations that one covers, and the words on those of one that ended", () => {
    fc.assert(
      fc.property(anyReadings, anyExemptions, (readings, exemptions) => {
        const without = judged(readings, []);
        const withThem = judged(readings, exemptions);
        for (const [at, before] of without.entries()) {
          const after = withThem[at];
          if (!("complianceType" in before) || before.complianceType !== "NON_COMPLIANT") {
            expect(after).toEqual(before);
            continue;
          }
          const first = exemptions.find((one) => holds(one, before));
          const exemption = first === undefined ? null : `${first.reason} (until ${first.expires})`;
          const { annotation } = after as Evaluation;
          expect(after).toEqual({ ...before, exemption, annotation });
          expect(annotation.replace(/\. Its exemption ended on \S+$/, "")).toBe(before.annotation);
          if (first !== undefined) expect(annotation).toBe(before.annotation);
        }
      }),
    );
  });

  it("make nothing compliant for AWS Config, and leave what was not read as it was", async () => {
    await fc.assert(
      fc.asyncProperty(anyReadings, anyExemptions, async (readings, exemptions) => {
        const outcomes = judged(readings, exemptions);
        const [before] = await reported(judged(readings, []), []);
        const [after, { tally }] = await reported(outcomes, exemptions);
        for (const [at, outcome] of outcomes.entries()) {
          if (!("complianceType" in outcome) || outcome.complianceType !== "NON_COMPLIANT") {
            expect(after[at]).toEqual(before[at]);
          } else if (outcome.exemption !== null) {
            expect(after[at]).toMatchObject({
              complianceType: "NOT_APPLICABLE",
              annotation: `Exempt: ${outcome.exemption}: It is wrong; fine`,
            });
          } else expect(after[at]).toMatchObject({ complianceType: "NON_COMPLIANT" });
        }
        expect(after).toHaveLength(readings.length);
        expect(tally.exempted).toBe(
          outcomes.filter(
            (one) => "exemption" in one && "reasons" in one && one.reasons.length > 0 && one.exemption !== null,
          ).length,
        );
      }),
    );
  });

  it("that the log calls unused make no difference, and those that ended are told with what counts again", async () => {
    await fc.assert(
      fc.asyncProperty(anyReadings, anyExemptions, async (readings, exemptions) => {
        const [after, { tally }] = await reported(judged(readings, exemptions), exemptions);
        const { unusedExemptions, endedExemptions } = tally;
        const needed = exemptions.filter((one) => !unusedExemptions.includes(printExemption(one)));
        expect((await reported(judged(readings, needed), needed))[0]).toEqual(after);
        const again = after.filter((one) => "annotation" in one && one.annotation.includes("Its exemption ended on"));
        expect(Object.keys(endedExemptions).length > 0).toBe(again.length > 0);
        for (const [entry, count] of Object.entries(endedExemptions)) {
          expect(entry).toMatch(/ until (2020-12-31|2027-01-30) because /);
          expect(count).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("any text as the parameter", () => {
  it("is refused, or printed and read again as the same exemptions", () => {
    const word = fc.constantFrom("until", "because", "2027-01-31", "2027-02-30", "Orders", "*", ",", " ", "\n", "ünt");
    const anyText = fc.oneof(
      fc.array(word).map((words) => words.join(" ")),
      fc.string({ unit: "binary" }),
    );
    const { schema, print } = exemptionsParameter;
    fc.assert(
      fc.property(anyText, (given) => {
        const result = schema.safeParse(given);
        if (!result.success) return;
        for (const { resource, reason, expires } of result.data) {
          expect([resource.trim(), reason.trim()]).toEqual([resource, reason]);
          expect([resource, reason]).not.toContain("");
          expect(new Date(expires).toISOString().slice(0, 10)).toBe(expires);
        }
        expect(schema.safeParse(print(result.data) ?? "")).toEqual(result);
      }),
    );
  });
});
