import {
  ConfigServiceClient,
  DescribeConfigRuleEvaluationStatusCommand,
  type EvaluationResult,
  GetComplianceDetailsByConfigRuleCommand,
} from "@aws-sdk/client-config-service";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readHeldRules } from "../../../lib/digest/held-rules.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mock = () => mockClient(ConfigServiceClient);
let config: ReturnType<typeof mock>;
beforeEach(() => {
  config = mock();
  config.onAnyCommand().resolves({});
});
afterEach(() => config.restore());

const name = "prod-dynamodb-table-encryption";
const at = (hour: number): Date => new Date(Date.UTC(2026, 0, 4, hour));

function result(ResourceId: string, changes: Partial<EvaluationResult> = {}): EvaluationResult {
  return {
    EvaluationResultIdentifier: {
      EvaluationResultQualifier: { ConfigRuleName: name, ResourceType: "AWS::DynamoDB::Table", ResourceId },
      OrderingTimestamp: at(1),
    },
    ComplianceType: "NON_COMPLIANT",
    ResultRecordedTime: at(2),
    Annotation: "AWS owned key",
    ...changes,
  };
}

function held(resourceId: string, changes: object = {}): object {
  return {
    resourceType: "AWS::DynamoDB::Table",
    resourceId,
    complianceType: "NON_COMPLIANT",
    annotation: "AWS owned key",
    recordedAt: at(2),
    orderedAt: at(1),
    ...changes,
  };
}

async function read() {
  const [rule] = await readHeldRules(sessionOf(), [name]);
  return rule;
}

describe("the results", () => {
  test("are those of all pages, with every verdict that AWS Config keeps", async () => {
    const pages = [
      { EvaluationResults: [result("Ledger")], NextToken: "2" },
      { EvaluationResults: [], NextToken: "3" },
      {
        EvaluationResults: [
          result("Orders", { ComplianceType: "COMPLIANT", Annotation: "Customer managed key" }),
          result("Lab", { ComplianceType: "NOT_APPLICABLE", Annotation: "Exempt: tag a=b" }),
        ],
      },
    ];
    // As each was at its time: the SDK writes the next token into the same input.
    const inputs: object[] = [];
    config.on(GetComplianceDetailsByConfigRuleCommand).callsFake((input) => pages[inputs.push({ ...input }) - 1]);
    expect(await read()).toEqual({
      configRuleName: name,
      results: [
        held("Ledger"),
        held("Orders", { complianceType: "COMPLIANT", annotation: null }),
        held("Lab", { complianceType: "NOT_APPLICABLE", annotation: "Exempt: tag a=b" }),
      ],
      malformed: 0,
      unread: null,
      status: { value: null },
    });
    const asked = {
      ConfigRuleName: name,
      ComplianceTypes: ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"],
      Limit: 100,
    };
    expect(inputs).toEqual([asked, { ...asked, NextToken: "2" }, { ...asked, NextToken: "3" }]);
  });

  test.each<[string, Partial<EvaluationResult>]>([
    ["no resource", { EvaluationResultIdentifier: {} }],
    ["no verdict", { ComplianceType: undefined }],
    ["a verdict that is none", { ComplianceType: "INSUFFICIENT_DATA" }],
    ["no time of recording", { ResultRecordedTime: undefined }],
  ])("one with %s is counted as malformed, and the others are kept", async (_, changes) => {
    const EvaluationResults = [result("Odd", changes), result("Ledger")];
    config.on(GetComplianceDetailsByConfigRuleCommand).resolves({ EvaluationResults });
    expect(await read()).toMatchObject({ results: [held("Ledger")], malformed: 1, unread: null });
  });

  test("one without an annotation is held without", async () => {
    const EvaluationResults = [result("Ledger", { Annotation: undefined })];
    config.on(GetComplianceDetailsByConfigRuleCommand).resolves({ EvaluationResults });
    expect(await read()).toMatchObject({ results: [held("Ledger", { annotation: null })] });
  });

  test("a list that breaks off keeps its pages and says why", async () => {
    config
      .on(GetComplianceDetailsByConfigRuleCommand)
      .resolvesOnce({ EvaluationResults: [result("Ledger")], NextToken: "2" })
      .rejects(awsError("ThrottlingException"));
    expect(await read()).toMatchObject({
      results: [held("Ledger")],
      unread: { message: `on rule ${name} was throttled past the retries`, lasting: false },
    });
  });

  test.each([
    [
      denied("config:GetComplianceDetailsByConfigRule", "config-rule/x", "because no policy allows it"),
      `on rule ${name} was denied. Allow it to role/dynamodb-table-encryption`,
    ],
    [
      awsError("NoSuchConfigRuleException", "The ConfigRule provided in the request is invalid"),
      `on rule ${name} failed: NoSuchConfigRuleException: The ConfigRule provided in the request is invalid`,
    ],
    [awsError("SyntaxError", "Unexpected token '<'", 500), `on rule ${name} failed on AWS's side (500 SyntaxError)`],
  ])("%s: the rule is unread", async (error, message) => {
    config.on(GetComplianceDetailsByConfigRuleCommand).rejects(error);
    expect(await read()).toMatchObject({
      results: [],
      unread: { call: "config:GetComplianceDetailsByConfigRule", message },
    });
  });

  test("a rule that cannot be read hides none of the others", async () => {
    config
      .on(GetComplianceDetailsByConfigRuleCommand)
      .resolves({ EvaluationResults: [result("Ledger")] })
      .on(GetComplianceDetailsByConfigRuleCommand, { ConfigRuleName: "b" })
      .rejects(awsError("AccessDeniedException"));
    const rules = await readHeldRules(sessionOf(), ["a", "b", "c"]);
    expect(
      rules.map(({ configRuleName, results, unread }) => [configRuleName, results.length, unread === null]),
    ).toEqual([
      ["a", 1, true],
      ["b", 0, false],
      ["c", 1, true],
    ]);
  });
});

describe("the status", () => {
  const never = { lastInvokedAt: null, failure: null, hasRun: null };
  const reason = { LastErrorCode: "AccessDenied", LastErrorMessage: "no permission" };

  test.each([
    ["nothing is told", {}, never],
    ["it was never run", { FirstEvaluationStarted: false }, { ...never, hasRun: false }],
    [
      "it ran",
      { FirstEvaluationStarted: true, LastSuccessfulInvocationTime: at(3), LastSuccessfulEvaluationTime: at(3) },
      { lastInvokedAt: at(3), failure: null, hasRun: true },
    ],
    [
      "a failed invocation that a success followed is past",
      { LastFailedInvocationTime: at(2), LastSuccessfulInvocationTime: at(3), ...reason },
      { ...never, lastInvokedAt: at(3) },
    ],
    [
      "the last invocation failed",
      { LastFailedInvocationTime: at(4), LastSuccessfulInvocationTime: at(3), ...reason },
      { ...never, lastInvokedAt: at(3), failure: { at: at(4), error: "AccessDenied: no permission" } },
    ],
    [
      "no invocation but a failed one, without a reason",
      { LastFailedInvocationTime: at(4) },
      { ...never, failure: { at: at(4), error: "it gives no reason" } },
    ],
    [
      "the invocation came through and the evaluation failed",
      {
        LastSuccessfulInvocationTime: at(4),
        LastFailedEvaluationTime: at(5),
        LastSuccessfulEvaluationTime: at(1),
        ...reason,
      },
      { ...never, lastInvokedAt: at(4), failure: { at: at(5), error: "AccessDenied: no permission" } },
    ],
  ])("%s", async (_, told, status) => {
    config
      .on(DescribeConfigRuleEvaluationStatusCommand, { ConfigRuleNames: [name] })
      .resolves({ ConfigRulesEvaluationStatus: [{ ConfigRuleName: name, ...told }] });
    expect((await read())?.status).toEqual({ value: status });
  });

  test("of another rule is none of this one's", async () => {
    config
      .on(DescribeConfigRuleEvaluationStatusCommand)
      .resolves({ ConfigRulesEvaluationStatus: [{ ConfigRuleName: "another", FirstEvaluationStarted: true }] });
    expect((await read())?.status).toEqual({ value: null });
  });

  test("that could not be read says why, beside the results", async () => {
    config
      .on(GetComplianceDetailsByConfigRuleCommand)
      .resolves({ EvaluationResults: [result("Ledger")] })
      .on(DescribeConfigRuleEvaluationStatusCommand)
      .rejects(awsError("ThrottlingException"));
    expect(await read()).toMatchObject({
      results: [held("Ledger")],
      status: { unread: { call: "config:DescribeConfigRuleEvaluationStatus", lasting: false } },
    });
  });
});
