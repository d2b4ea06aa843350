/** Exemptions until a day in runs of AWS Config: the first, the last, and what was not read between. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { alertIn } from "../../lib/alert/alert.ts";
import { configRule } from "../../lib/handler.ts";
import { type FakeConfig, startFakeConfig } from "../fakes/aws-config.ts";
import { invokingEventOf, lambdaContext, lambdaEnvironment } from "../fakes/lambda.ts";
import { dictatedRule, lasting, passing, type Told } from "../fakes/rule.ts";
import { bodyOf } from "./alert/compliance-change.ts";

let config: FakeConfig;
const lines: string[] = [];
beforeAll(async () => {
  config = await startFakeConfig();
});
afterAll(() => config.stop());
beforeEach(() => {
  lambdaEnvironment(config.url, { POWERTOOLS_LOG_LEVEL: "INFO" });
  for (const stream of [process.stdout, process.stderr])
    vi.spyOn(stream, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});
afterEach(() => {
  vi.useRealTimers();
  config.stored.clear();
  config.notApplicable.clear();
  config.batches.length = 0;
  lines.length = 0;
});

const legacy = "Legacy until 2027-01-31 because retired in January";
const wrong = { wrong: "It is wrong" } as const;
const lastMoment = "2027-01-31T23:59:59.000Z";
const dayAfter = "2027-02-01T00:00:00.000Z";

interface Running {
  readonly exemptions?: string;
  readonly brokenOff?: boolean;
  readonly kind?: "scheduled" | "change";
}

/** A run at a time, with what its log line says. */
async function run(time: string, tables: Readonly<Record<string, Told>>, running: Running = {}): Promise<unknown> {
  const { exemptions = legacy, brokenOff = false, kind = "scheduled" } = running;
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(time) });
  const event = { ...invokingEventOf(kind), ruleParameters: JSON.stringify({ exemptions }) };
  const stamped = JSON.parse(JSON.stringify(event).replaceAll(/2026-01-04T14:0\d:\d\d\.000Z/g, time)) as object;
  await configRule(dictatedRule(tables, brokenOff ? { brokenOff: lasting } : {}))(stamped, lambdaContext());
  return JSON.parse(lines.at(-1) ?? "");
}

/** What AWS Config holds of the table. */
const held = (name = "Legacy") => {
  const stored = config.stored.get(`AWS::DynamoDB::Table ${name}`);
  return stored === undefined ? null : [stored.complianceType, stored.annotation];
};
/** What the NOT_APPLICABLE result says that ended another one. */
const told = (name = "Legacy") => config.notApplicable.get(`AWS::DynamoDB::Table ${name}`) ?? null;
const violated = "It is wrong; fine. Put it right";

function hold(complianceType: string, annotation: string): void {
  config.stored.set("AWS::DynamoDB::Table Legacy", { complianceType, annotation, orderingTimestamp: 1, recordedAt: 1 });
}

it.each(["NON_COMPLIANT", "COMPLIANT"])(
  "a violation that is now exempt ends the %s result that is held",
  async (before) => {
    hold(before, violated);
    expect(await run(lastMoment, { Legacy: wrong })).toMatchObject({
      exempted: 1,
      endedExemptions: {},
      unusedExemptions: [],
      judged: { COMPLIANT: 0, NON_COMPLIANT: 0, NOT_APPLICABLE: 1 },
      sent: { COMPLIANT: 0, NON_COMPLIANT: 0, NOT_APPLICABLE: 1 },
    });
    expect(held()).toBeNull();
    expect(told()).toBe("Exempt: retired in January (until 2027-01-31): It is wrong; fine");
  },
);

it("one that was never held is not sent by a schedule, and is counted", async () => {
  expect(await run(lastMoment, { Legacy: wrong })).toMatchObject({ exempted: 1, unchanged: 1 });
  expect(config.batches).toEqual([0]);
});

it("a change sends it, in words that alerts and the digest know", async () => {
  await run(lastMoment, { Sessions: wrong }, { kind: "change", exemptions: legacy.replace("Legacy", "S*") });
  const annotation = told("Sessions");
  expect(annotation).toBe("Exempt: retired in January (until 2027-01-31): It is wrong; fine");
  expect(alertIn(bodyOf({ now: "NOT_APPLICABLE", before: "NON_COMPLIANT", annotation }))).toMatchObject({
    kind: "exempt",
  });
});

it("after the last day the violation counts again, and both AWS Config and the log say that an exemption ended", async () => {
  await run(lastMoment, { Legacy: wrong });
  expect(await run(dayAfter, { Legacy: wrong })).toMatchObject({
    exempted: 0,
    endedExemptions: { [legacy]: 1 },
    unusedExemptions: [],
  });
  expect(held()).toEqual(["NON_COMPLIANT", `${violated}. Its exemption ended on 2027-01-31`]);
});

it("what could not be read is NOT VERIFIED all the same", async () => {
  hold("COMPLIANT", "fine");
  expect(await run(lastMoment, { Legacy: { unread: lasting } })).toMatchObject({
    exempted: 0,
    notVerified: 1,
    unusedExemptions: [],
  });
  expect(held()).toEqual(["NON_COMPLIANT", "NOT VERIFIED: dynamodb:DescribeTable was denied"]);
});

it("what is withheld fails the run all the same", async () => {
  await expect(run(lastMoment, { Legacy: { unread: passing } })).rejects.toThrow("1 withheld, 0 judged: Legacy");
});

it.each<[string, Readonly<Record<string, Told>>, Running, readonly string[]]>([
  ["of a table that complies is unused", { Legacy: "fine" }, {}, [legacy]],
  ["of a table that is gone is unused", { Legacy: "gone" }, {}, [legacy]],
  ["of no table is unused", {}, {}, [legacy]],
  ["beside another table that could not be read is unused", { Orders: { unread: lasting } }, {}, [legacy]],
  ["of what a listing that broke off may hold is not known to be", {}, { brokenOff: true }, []],
  ["beside the one table of a change is not known to be", { Sessions: "fine" }, { kind: "change" }, []],
])("an exemption %s", async (_, tables, running, unused) => {
  expect(await run(lastMoment, tables, running)).toMatchObject({ unusedExemptions: unused });
});

it("one that does not parse fails the run before anything is read", async () => {
  await expect(run(lastMoment, { Legacy: wrong }, { exemptions: "Legacy" })).rejects.toThrow(
    "ruleParameters.exemptions is `Legacy` (it does not say until which day); use `RESOURCE until YYYY-MM-DD because REASON`",
  );
  expect(config.batches).toEqual([]);
});
