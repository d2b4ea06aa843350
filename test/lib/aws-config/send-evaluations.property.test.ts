import { ConfigServiceClient, PutEvaluationsCommand } from "@aws-sdk/client-config-service";
import { mockClient } from "aws-sdk-client-mock";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseInvocation } from "../../../lib/aws-config/invoking-event.ts";
import { newRun, type Reported, type Run } from "../../../lib/aws-config/run.ts";
import { batchLimit, sendEvaluations } from "../../../lib/aws-config/send-evaluations.ts";
import { invokingEventOf, lambdaContext } from "../../fakes/lambda.ts";
import { passing } from "../../fakes/rule.ts";

/** What one call does: takes all, fails these entries, or refuses whole. */
type Answer = "takes" | "throttles" | "refuses" | { readonly fails: number };

const answers = fc.array(
  fc.oneof(
    fc.constantFrom<Answer>("takes", "throttles", "refuses"),
    fc.record({ fails: fc.integer({ min: 1, max: 7 }) }),
  ),
  {
    maxLength: 12,
  },
);
const stream = fc.record({
  count: fc.integer({ min: 0, max: 450 }),
  withheldEach: fc.integer({ min: 2, max: 60 }),
  dies: fc.boolean(),
});

describe("evaluations on their way to AWS Config", () => {
  it("are neither lost nor doubled, whatever AWS Config answers and wherever the scan dies", async () => {
    await fc.assert(
      fc.asyncProperty(answers, stream, async (script, { count, withheldEach, dies }) => {
        const taken: string[] = [];
        const sizes: number[] = [];
        const left = [...script];
        const config = mockClient(ConfigServiceClient);
        config.on(PutEvaluationsCommand).callsFake((input: { Evaluations: { ComplianceResourceId: string }[] }) => {
          sizes.push(input.Evaluations.length);
          const answer = left.shift() ?? "takes";
          if (answer === "throttles") throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
          if (answer === "refuses")
            throw Object.assign(new Error("one is bad"), { name: "InvalidParameterValueException" });
          const failed = answer === "takes" ? [] : input.Evaluations.filter((_, index) => index % answer.fails === 0);
          taken.push(
            ...input.Evaluations.filter((one) => !failed.includes(one)).map((one) => one.ComplianceResourceId),
          );
          return {
            FailedEvaluations: failed.map((one) => ({ ...one, ComplianceResourceType: "AWS::DynamoDB::Table" })),
          };
        });
        const run: Run = {
          ...newRun(parseInvocation(invokingEventOf("scheduled"))),
          config: new ConfigServiceClient({ region: "us-east-1" }),
        };
        const sent = await send(run, reported(count, withheldEach, dies));
        config.restore();

        const evaluations = Array.from({ length: count }, (_, index) => index).filter(
          (index) => index % withheldEach !== 1,
        );
        const refused = run.tally.refused.map((name) => name.split(" ")[1]);
        // A throttled empty list is the only call that may fail the run by itself.
        if (count > 0 && evaluations.length > 0) expect(sent).toBe(dies ? "the scan died" : "whole");
        expect([...taken, ...refused].sort()).toEqual(evaluations.map((index) => `Table-${index}`).sort());
        expect(run.tally.withheld).toHaveLength(count - evaluations.length);
        expect(Math.max(0, ...sizes)).toBeLessThanOrEqual(batchLimit);
        expect(Object.values(run.tally.sent).reduce((sum, one) => sum + one)).toBe(taken.length);
      }),
      { numRuns: 150 },
    );
  });
});

async function* reported(count: number, withheldEach: number, dies: boolean): AsyncGenerator<Reported> {
  for (let index = 0; index < count; index++) {
    if (index % withheldEach === 1)
      yield {
        resource: { type: "AWS::DynamoDB::Table", id: `W${index}`, name: `W${index}`, arn: null },
        unread: passing,
      };
    else yield { type: "AWS::DynamoDB::Table", id: `Table-${index}`, complianceType: "COMPLIANT", annotation: "fine" };
  }
  if (dies) throw new Error("the scan died");
}

async function send(run: Run, response: AsyncGenerator<Reported>): Promise<string> {
  try {
    const request = { event: run, context: lambdaContext(), response: response as never, error: null, internal: {} };
    await sendEvaluations(async () => undefined).after?.(request);
    return "whole";
  } catch (error) {
    return (error as Error).message;
  }
}
