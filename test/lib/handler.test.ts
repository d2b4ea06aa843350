import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { read } from "../../lib/account/fact.ts";
import { configRule } from "../../lib/handler.ts";
import { blockFor } from "../fakes/account.ts";
import { type FakeConfig, resultToken, ruleName, startFakeConfig } from "../fakes/aws-config.ts";
import { invokingEventOf, lambdaContext, lambdaEnvironment } from "../fakes/lambda.ts";
import { dictatedRule, lasting, passing, type Told } from "../fakes/rule.ts";

let config: FakeConfig;
beforeAll(async () => {
  config = await startFakeConfig();
});
afterAll(() => config.stop());
beforeEach(() => lambdaEnvironment(config.url));
afterEach(() => {
  config.stored.clear();
  config.batches.length = 0;
  config.calls.length = 0;
  config.mishaps.length = 0;
  config.invalidIds.clear();
});

const wrong = { wrong: "It is wrong" } as const;
const wrongAnnotation = "It is wrong; fine. Put it right";
const scheduledAt = Date.parse("2026-01-04T14:02:00.000Z") / 1000;

function run(
  rule: ReturnType<typeof dictatedRule>,
  event: object = invokingEventOf("scheduled"),
  context = lambdaContext(),
): Promise<void> {
  return configRule(rule)(event, context);
}

/** What AWS Config holds, as `id: complianceType`. */
function held(): Record<string, string> {
  return Object.fromEntries([...config.stored].map(([key, { complianceType }]) => [key.split(" ")[1], complianceType]));
}

function hold(
  id: string,
  complianceType: string,
  options: { annotation?: string; ageInDays?: number; type?: string } = {},
): void {
  config.stored.set(`${options.type ?? "AWS::DynamoDB::Table"} ${id}`, {
    complianceType,
    annotation: options.annotation ?? "fine",
    orderingTimestamp: scheduledAt - 86_400,
    recordedAt: scheduledAt - (options.ageInDays ?? 1) * 86_400,
  });
}

function many(count: number, told: Told): Record<string, Told> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`Table-${index}`, told]));
}

describe("a scheduled run", () => {
  it("sends every verdict once, a hundred a call at most", async () => {
    await run(dictatedRule(many(250, "fine")));
    expect(config.batches.toSorted((one, other) => other - one)).toEqual([100, 100, 50]);
    expect(config.stored.size).toBe(250);
  });

  it("stamps results with the event's own time", async () => {
    await run(dictatedRule({ Orders: "fine" }));
    expect(config.stored.get("AWS::DynamoDB::Table Orders")?.orderingTimestamp).toBe(scheduledAt);
  });

  it("sends while the scan still runs", async () => {
    const sentBefore: number[] = [];
    await run(
      dictatedRule(many(301, "fine"), {
        whileReading: async (_session, name) => {
          if (name === "Table-300") await vi.waitFor(() => expect(config.stored.size).toBeGreaterThan(0));
          sentBefore.push(config.stored.size);
          return { value: "fine" };
        },
      }),
    );
    expect(sentBefore.at(-1)).toBeGreaterThanOrEqual(100);
  });

  it("sends the empty list where there is nothing to say, so that AWS Config notes a whole run", async () => {
    await run(dictatedRule({}));
    expect(config.batches).toEqual([0]);
  });

  it("leaves out what AWS Config holds word for word, and sends what is new or changed", async () => {
    hold("Same", "COMPLIANT");
    hold("OtherWords", "NON_COMPLIANT", { annotation: "It was wrong otherwise" });
    hold("OtherVerdict", "COMPLIANT");
    await run(dictatedRule({ Same: "fine", OtherWords: wrong, OtherVerdict: wrong, New: "fine" }));
    expect(config.batches).toEqual([3]);
    expect(held()).toEqual({
      Same: "COMPLIANT",
      OtherWords: "NON_COMPLIANT",
      OtherVerdict: "NON_COMPLIANT",
      New: "COMPLIANT",
    });
    expect(config.stored.get("AWS::DynamoDB::Table OtherWords")?.annotation).toBe(wrongAnnotation);
  });

  it.each([
    { refreshDays: "7", ageInDays: 6, sent: 0 },
    { refreshDays: "7", ageInDays: 7, sent: 1 },
    { refreshDays: "0", ageInDays: 0, sent: 1 },
  ])(
    "with REFRESH_DAYS $refreshDays sends $sent of one unchanged result that is $ageInDays days old",
    async ({ refreshDays, ageInDays, sent }) => {
      lambdaEnvironment(config.url, { REFRESH_DAYS: refreshDays });
      hold("Same", "COMPLIANT", { ageInDays });
      await run(dictatedRule({ Same: "fine" }));
      expect(config.batches).toEqual([sent]);
    },
  );

  it("closes what it no longer saw, by type and id", async () => {
    hold("Gone", "NON_COMPLIANT");
    hold("Orders", "COMPLIANT");
    hold("Orders", "NON_COMPLIANT", { type: "AWS::IAM::User" });
    hold("123456789012", "NON_COMPLIANT", { type: "AWS::::Account" });
    await run(dictatedRule({ Orders: "fine" }));
    expect([...config.stored.keys()]).toEqual(["AWS::DynamoDB::Table Orders"]);
  });

  it("pages through all that AWS Config holds before it closes anything", async () => {
    for (let index = 0; index < 250; index++) hold(`Table-${index}`, "COMPLIANT");
    await run(dictatedRule(many(249, "fine")));
    expect(config.stored.size).toBe(249);
    expect(config.calls.filter((call) => call === "GetComplianceDetailsByConfigRule")).toHaveLength(3);
  });

  it("sends NOT_APPLICABLE only to end another result", async () => {
    hold("WasJudged", "NON_COMPLIANT");
    await run(dictatedRule({ WasJudged: "gone", NeverJudged: "gone" }));
    expect(config.batches).toEqual([1]);
    expect(held()).toEqual({});
  });

  it("looks first at what was never judged, then at what was judged longest ago", async () => {
    hold("Old", "COMPLIANT", { ageInDays: 5 });
    hold("Recent", "COMPLIANT", { ageInDays: 1 });
    const rule = dictatedRule({ Old: "fine", Recent: "fine", New: "fine" });
    await run(rule);
    const [scope] = rule.scopes;
    const judged = (id: string): number =>
      scope?.kind === "account" ? scope.lastJudged({ type: "AWS::DynamoDB::Table", id }) : Number.NaN;
    expect([judged("New"), judged("Old"), judged("Recent")]).toEqual([
      0,
      (scheduledAt - 5 * 86_400) * 1000,
      (scheduledAt - 86_400) * 1000,
    ]);
  });
});

describe("what was not read", () => {
  it("is NOT VERIFIED for a lasting reason, also in place of an old COMPLIANT", async () => {
    hold("Secret", "COMPLIANT");
    await run(dictatedRule({ Secret: { unread: lasting }, Orders: "fine" }));
    expect(held()).toEqual({ Secret: "NON_COMPLIANT", Orders: "COMPLIANT" });
    expect(config.stored.get("AWS::DynamoDB::Table Secret")?.annotation).toBe(
      "NOT VERIFIED: dynamodb:DescribeTable was denied",
    );
  });

  it("is withheld for a passing reason: the rest is sent, the run fails by name", async () => {
    hold("Busy", "COMPLIANT");
    await expect(run(dictatedRule({ Busy: { unread: passing }, Orders: wrong }))).rejects.toThrow(
      "1 withheld, 1 judged: Busy (dynamodb:DescribeTable was throttled past the retries)",
    );
    expect(held()).toEqual({ Busy: "COMPLIANT", Orders: "NON_COMPLIANT" });
  });

  it("closes nothing after a listing that broke off for a passing reason", async () => {
    hold("Unlisted", "COMPLIANT");
    await expect(run(dictatedRule({ Orders: "fine" }, { brokenOff: passing }))).rejects.toThrow(
      "1 withheld, 1 judged: the listing",
    );
    expect(held()).toEqual({ Unlisted: "COMPLIANT", Orders: "COMPLIANT" });
  });

  it("after a listing that was refused: the account and every unlisted result are NOT VERIFIED", async () => {
    hold("Unlisted", "COMPLIANT");
    await run(dictatedRule({}, { brokenOff: { ...lasting, call: "dynamodb:ListTables" } }));
    expect(held()).toEqual({ Unlisted: "NON_COMPLIANT", "123456789012": "NON_COMPLIANT" });
    expect(config.stored.get("AWS::DynamoDB::Table Unlisted")?.annotation).toBe(
      "NOT VERIFIED: dynamodb:ListTables was denied",
    );
  });

  it("names ten at most, and counts the rest", async () => {
    await expect(run(dictatedRule(many(12, { unread: passing })))).rejects.toThrow(
      /^12 withheld, 0 judged: .*Table-9 \([^)]*\) and 2 more$/,
    );
  });

  it("near the time limit flushes what it has, says what is left, and fails", async () => {
    const rule = dictatedRule(many(3, "fine"), {
      whileReading: (session, name) =>
        read<Told>("dynamodb:DescribeTable", `table ${name}`, async () => {
          if (name === "Table-0") return "fine";
          if (!session.signal.aborted) {
            await new Promise((resolve) => session.signal.addEventListener("abort", resolve, { once: true }));
          }
          throw Object.assign(new Error("the run's time is up"), { name: "DeadlineExceeded" });
        }),
    });
    await expect(
      run(
        rule,
        invokingEventOf("scheduled"),
        lambdaContext(() => 200),
      ),
    ).rejects.toThrow(
      "2 withheld, 1 judged: Table-1 (dynamodb:DescribeTable on table Table-1 was not asked: the run's time is up), Table-2",
    );
    expect(held()).toEqual({ "Table-0": "COMPLIANT" });
  });

  it("past the time limit judges no more of what was read, and sends what it has", async () => {
    const rule = dictatedRule(many(3, "fine"));
    rule.evaluate = () => {
      blockFor(200);
      return { complianceType: "COMPLIANT", because: "fine" };
    };
    await expect(
      run(
        rule,
        invokingEventOf("scheduled"),
        lambdaContext(() => 200),
      ),
    ).rejects.toThrow("2 withheld, 1 judged: Table-1 (was not judged: the run's time is up), Table-2");
    expect(held()).toEqual({ "Table-0": "COMPLIANT" });
  });
});

describe("a run", () => {
  it("starts whatever the milliseconds left, a number that no tenth of is whole among them", async () => {
    await run(
      dictatedRule({ Orders: "fine" }),
      invokingEventOf("scheduled"),
      lambdaContext(() => 59_987),
    );
    expect(held()).toEqual({ Orders: "COMPLIANT" });
  });
});

describe("a change", () => {
  it.each(["change", "oversized"] as const)("(%s) judges the live resource, and closes nothing else", async (kind) => {
    hold("Gone", "NON_COMPLIANT");
    await run(dictatedRule({ Sessions: wrong, Orders: "fine" }), invokingEventOf(kind));
    expect(held()).toEqual({ Gone: "NON_COMPLIANT", Sessions: "NON_COMPLIANT" });
    expect(config.stored.get("AWS::DynamoDB::Table Sessions")?.orderingTimestamp).toBe(
      Date.parse("2026-01-04T14:01:30.000Z") / 1000,
    );
    expect(config.calls).toEqual(["PutEvaluations"]);
  });

  it("of a deleted resource ends its result without a read", async () => {
    hold("Sessions", "NON_COMPLIANT");
    const rule = dictatedRule({ Sessions: wrong });
    await run(rule, invokingEventOf("deleted"));
    expect(held()).toEqual({});
    expect(rule.scopes).toEqual([{ kind: "resources", resources: [] }]);
  });

  it("that took the resource out of the rule's scope ends its result", async () => {
    hold("Sessions", "NON_COMPLIANT");
    await run(dictatedRule({ Sessions: wrong }), invokingEventOf("change", { eventLeftScope: true }));
    expect(held()).toEqual({});
  });

  it("of a deleted watched resource judges the ones that it touched anew", async () => {
    const rule = dictatedRule({ Orders: wrong }, { affected: () => [{ type: "AWS::DynamoDB::Table", id: "Orders" }] });
    await run(rule, invokingEventOf("deleted"));
    expect(held()).toEqual({ Orders: "NON_COMPLIANT" });
  });

  it("that came late does not replace a younger result", async () => {
    hold("Sessions", "COMPLIANT");
    config.stored.set("AWS::DynamoDB::Table Sessions", {
      complianceType: "COMPLIANT",
      annotation: "fine",
      orderingTimestamp: scheduledAt,
      recordedAt: scheduledAt,
    });
    await run(dictatedRule({ Sessions: wrong }), invokingEventOf("deleted"));
    expect(held()).toEqual({ Sessions: "COMPLIANT" });
  });
});

describe("AWS Config that does not take everything", () => {
  it("gets failed entries again", async () => {
    config.mishaps.push({ failed: (id) => id.endsWith("7") });
    await run(dictatedRule(many(30, "fine")));
    expect(config.batches).toEqual([30, 3]);
    expect(config.stored.size).toBe(30);
  });

  it("that refuses an entry three times makes the run fail by its name", async () => {
    config.mishaps.push(...Array.from({ length: 3 }, () => ({ failed: (id: string) => id === "Table-1" })));
    await expect(run(dictatedRule(many(3, "fine")))).rejects.toThrow(
      "1 not taken by AWS Config, 3 judged: AWS::DynamoDB::Table Table-1",
    );
    expect(config.stored.size).toBe(2);
  });

  it("that refuses a whole list for one bad entry gets all the others", async () => {
    config.invalidIds.add("Table-41");
    await expect(run(dictatedRule(many(100, "fine")))).rejects.toThrow(
      "1 not taken by AWS Config, 100 judged: AWS::DynamoDB::Table Table-41 (InvalidParameterValueException)",
    );
    expect(config.stored.size).toBe(99);
  });

  it.each(["throttle", "cut"] as const)("(%s) is asked again", async (mishap) => {
    config.mishaps.push(mishap);
    await run(dictatedRule({ Orders: "fine" }));
    expect(held()).toEqual({ Orders: "COMPLIANT" });
  });

  it("that denies makes the run fail with its words", async () => {
    config.mishaps.push("denied");
    await expect(run(dictatedRule({ Orders: "fine" }))).rejects.toThrow(
      "User is not authorized to perform: config:PutEvaluations",
    );
  });

  it("that does not say what it holds gets every verdict, and the run is NOT VERIFIED", async () => {
    await run(dictatedRule({ Orders: "fine" }), invokingEventOf("scheduled", { configRuleName: "unknown" }));
    expect(held()).toEqual({ Orders: "COMPLIANT", "123456789012": "NON_COMPLIANT" });
    expect(config.stored.get("AWS::::Account 123456789012")?.annotation).toMatch(
      /^NOT VERIFIED: config:GetComplianceDetailsByConfigRule on rule unknown failed: NoSuchConfigRuleException/,
    );
  });
});

describe("TESTMODE", () => {
  it("checks the call and records nothing", async () => {
    await run(dictatedRule({ Orders: wrong }), invokingEventOf("scheduled", { resultToken: "TESTMODE" }));
    expect(config.batches).toEqual([1]);
    expect(config.stored.size).toBe(0);
    expect(config.calls).toEqual(["PutEvaluations"]);
  });
});

describe("an event that cannot be acted on", () => {
  const withoutToken = { resultToken: undefined };
  it.each([
    { given: withoutToken, says: "resultToken is missing" },
    {
      given: { ruleParameters: '{"strict":"perhaps"}' },
      says: "ruleParameters.strict is `perhaps`; use true or false",
    },
    {
      given: { ruleParameters: '{"lax":"true"}' },
      says: "ruleParameters.lax is not a parameter; use strict, exemptions",
    },
    {
      given: { accountId: "210987654321" },
      says: "the event's accounts disagree: accountId 210987654321, configRuleArn 123456789012, invokingEvent 123456789012",
    },
  ])("fails with `$says`, reads nothing, sends nothing", async ({ given, says }) => {
    const rule = dictatedRule({ Orders: "fine" });
    await expect(run(rule, invokingEventOf("scheduled", given))).rejects.toThrow(says);
    expect(rule.scopes).toEqual([]);
    expect(config.calls).toEqual([]);
  });

  it("of another account is refused unless a role is set to assume there", async () => {
    const event = JSON.parse(
      JSON.stringify(invokingEventOf("scheduled")).replaceAll("123456789012", "210987654321"),
    ) as object;
    await expect(run(dictatedRule({}), event)).rejects.toThrow(
      "accountId is 210987654321, but this function judges account 123456789012 only; set MEMBER_ROLE_NAME to the role to assume there",
    );
  });

  it("is not retried by a wrong setting: REFRESH_DAYS is checked when the function loads", () => {
    lambdaEnvironment(config.url, { REFRESH_DAYS: "weekly" });
    expect(() => configRule(dictatedRule({}))).toThrow(
      "REFRESH_DAYS is `weekly`; use a whole number of days, 0 to send everything every time",
    );
  });
});

describe("the summary line", () => {
  it("is one line of JSON with the counts of the run", async () => {
    const lines: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    lambdaEnvironment(config.url, { POWERTOOLS_LOG_LEVEL: "INFO" });
    hold("Same", "COMPLIANT");
    hold("Gone", "COMPLIANT");
    await run(dictatedRule({ Same: "fine", New: wrong, Secret: { unread: lasting } }));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: "INFO",
      message: "run",
      rule: ruleName,
      trigger: "schedule",
      judged: { COMPLIANT: 1, NON_COMPLIANT: 1, NOT_APPLICABLE: 0 },
      sent: { COMPLIANT: 0, NON_COMPLIANT: 2, NOT_APPLICABLE: 1 },
      unchanged: 1,
      closed: 1,
      notVerified: 1,
      withheld: 0,
      refused: 0,
      apiCalls: { "config:GetComplianceDetailsByConfigRule": 1, "config:PutEvaluations": 1 },
    });
    expect(lines[0]).not.toContain(resultToken);
  });
});
