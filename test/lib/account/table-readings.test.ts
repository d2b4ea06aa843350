import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from "@aws-sdk/client-resource-groups-tagging-api";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exemptResourceTag, readTables } from "../../../lib/account/table-readings.ts";
import type { Reading, Scope } from "../../../lib/rule.ts";
import { awsError, denied, sessionOf } from "../../fakes/account.ts";

const mockDynamodb = () => mockClient(DynamoDBClient);
const mockTagging = () => mockClient(ResourceGroupsTaggingAPIClient);
let dynamodb: ReturnType<typeof mockDynamodb>;
let tagging: ReturnType<typeof mockTagging>;
beforeEach(() => {
  dynamodb = mockDynamodb();
  tagging = mockTagging();
  dynamodb.on(ListTablesCommand).resolves({ TableNames: ["Audit", "Orders", "Users"] });
  tagging.on(GetResourcesCommand).resolves({
    ResourceTagMappingList: [tagged("Orders", "demo-1"), tagged("Users", "prod")],
  });
});
afterEach(() => {
  dynamodb.restore();
  tagging.restore();
});

function tagged(tableName: string, value: string) {
  return {
    ResourceARN: `arn:aws:dynamodb:us-east-1:123456789012:table/${tableName}`,
    Tags: [{ Key: "use", Value: value }],
  };
}

const account: Scope = { kind: "account", lastJudged: () => 0 };
const table = (id: string, arn: string | null = null) => ({ type: "AWS::DynamoDB::Table", id, name: id, arn });

/** What was read, and the reason for which the reading broke off. */
async function readingsOf(
  exempt: string | null,
  options: { scope?: Scope; concurrency?: number; readFacts?: Parameters<typeof readTables<string>>[3] } = {},
): Promise<{ readings: Reading<string>[]; brokenOff: unknown }> {
  const {
    scope = account,
    concurrency = 4,
    readFacts = async (tableName) => ({ facts: `facts of ${tableName}` }),
  } = options;
  const readings: Reading<string>[] = [];
  try {
    for await (const reading of readTables<string>(sessionOf({ concurrency }), scope, exempt, readFacts))
      readings.push(reading);
    return { readings, brokenOff: null };
  } catch (error) {
    if (error instanceof Error && error.name === "UnreadError" && "unread" in error)
      return { readings, brokenOff: error.unread };
    throw error;
  }
}

const namesOf = ({ readings }: { readings: Reading<string>[] }): string[] =>
  readings.map(({ resource }) => resource.id);
const facts = (id: string) => ({ resource: table(id), facts: `facts of ${id}` });

describe("the tables of an account", () => {
  it("have a reading each, and none is asked for its tags where no tag exempts", async () => {
    expect(await readingsOf(null)).toEqual({
      readings: [facts("Audit"), facts("Orders"), facts("Users")],
      brokenOff: null,
    });
    expect(tagging.calls()).toEqual([]);
  });

  it("come in the order of when they were judged last, those never judged first", async () => {
    const judgedAt: Record<string, number> = { Audit: 200, Orders: 0, Users: 100 };
    const scope: Scope = {
      kind: "account",
      lastJudged: ({ type, id }) => (type === "AWS::DynamoDB::Table" ? (judgedAt[id] ?? 0) : 0),
    };
    expect(namesOf(await readingsOf(null, { scope }))).toEqual(["Orders", "Users", "Audit"]);
  });

  it("keep their order also where a later one is read sooner", async () => {
    const readFacts = async (tableName: string) => {
      await new Promise((resolve) => setTimeout(resolve, tableName === "Audit" ? 10 : 0));
      return { facts: tableName };
    };
    expect(namesOf(await readingsOf(null, { readFacts }))).toEqual(["Audit", "Orders", "Users"]);
  });

  it("are read as many at once as the session allows, and no more", async () => {
    let inFlight = 0;
    let most = 0;
    dynamodb.on(ListTablesCommand).resolves({ TableNames: Array.from({ length: 40 }, (_, at) => `Table-${at}`) });
    const readFacts = async (tableName: string) => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 1));
      inFlight--;
      return { facts: tableName };
    };
    expect((await readingsOf(null, { concurrency: 5, readFacts })).readings).toHaveLength(40);
    expect(most).toBe(5);
  });

  it("take on what their own reading found", async () => {
    const unread = { call: "dynamodb:DescribeTable", message: "on table Users was denied", lasting: true };
    const found = { Audit: { arn: "arn:Audit", facts: "a" }, Orders: { gone: true }, Users: { unread } } as const;
    const readFacts = async (tableName: string) => found[tableName as keyof typeof found];
    expect(await readingsOf(null, { readFacts })).toEqual({
      readings: [
        { resource: table("Audit", "arn:Audit"), facts: "a" },
        { resource: table("Orders"), gone: true },
        { resource: table("Users"), unread },
      ],
      brokenOff: null,
    });
  });

  it("end with any error that is no failed read", async () => {
    const readFacts = () => Promise.reject(new TypeError("a mistake of ours"));
    await expect(readingsOf(null, { readFacts })).rejects.toThrow(new TypeError("a mistake of ours"));
  });
});

describe("a change's tables", () => {
  it("are read without a listing, and other types are not", async () => {
    const scope: Scope = {
      kind: "resources",
      resources: [
        { type: "AWS::DynamoDB::Table", id: "Orders" },
        { type: "AWS::EC2::VPC", id: "vpc-1" },
      ],
    };
    expect(await readingsOf(null, { scope })).toEqual({ readings: [facts("Orders")], brokenOff: null });
    expect(dynamodb.calls()).toEqual([]);
    expect(await readingsOf("use=demo*", { scope })).toEqual({
      readings: [{ resource: table("Orders"), exempt: "tag use=demo* (exemptResourceTag)" }],
      brokenOff: null,
    });
  });
});

describe("the exemption", () => {
  const cases: Record<string, [exempt: string, exempted: string[]]> = {
    "takes a value as it is": ["use=demo-1", ["Orders"]],
    "takes a value's letter case as it is": ["use=Demo-1", []],
    "takes * for any run of characters": ["use=demo*", ["Orders"]],
    "takes ? for one character": ["use=dem?-?", ["Orders"]],
    "of any value takes each that carries the tag": ["use=*", ["Orders", "Users"]],
    "of another value takes none": ["use=test", []],
    "keeps a = in the value": ["use=a=b", []],
  };
  for (const [sentence, [exempt, exempted]] of Object.entries(cases)) {
    it(sentence, async () => {
      const readings = ["Audit", "Orders", "Users"].map((id) =>
        exempted.includes(id) ? { resource: table(id), exempt: `tag ${exempt} (exemptResourceTag)` } : facts(id),
      );
      expect(await readingsOf(exempt)).toEqual({ readings, brokenOff: null });
    });
  }

  it("spares the exempt all further reads", async () => {
    const asked: string[] = [];
    const readFacts = async (tableName: string) => {
      asked.push(tableName);
      return { facts: tableName };
    };
    await readingsOf("use=*", { readFacts });
    expect(asked).toEqual(["Audit"]);
  });

  it("that could not be read exempts nobody: all are judged, and the run says so at its end", async () => {
    tagging
      .on(GetResourcesCommand)
      .rejects(denied("tag:GetResources", "*", "because no identity-based policy allows it"));
    expect(await readingsOf("use=*")).toEqual({
      readings: [facts("Audit"), facts("Orders"), facts("Users")],
      brokenOff: {
        call: "tag:GetResources",
        message: "on tables tagged use was denied. Allow it to role/dynamodb-table-encryption",
        lasting: true,
      },
    });
  });

  const forms: Record<string, string | null> = {
    "use=demo": null,
    "use=a=b*?": null,
    use: "it has no `Key=value` form",
    "use=": "it has no `Key=value` form",
    "=demo": "it has no `Key=value` form",
  };
  for (const [given, fault] of Object.entries(forms)) {
    it(`${fault === null ? "accepts" : "refuses"} ${given}`, () => {
      const result = exemptResourceTag.schema.safeParse(given);
      expect(result.success ? null : result.error.issues.map(({ message }) => message)).toEqual(
        fault === null ? null : [fault],
      );
    });
  }
});

describe("a listing that breaks off", () => {
  const throttled = {
    call: "dynamodb:ListTables",
    message: "on region us-east-1 was throttled past the retries",
    lasting: false,
  };

  it("still gives the tables that were listed, then the reason", async () => {
    dynamodb
      .on(ListTablesCommand)
      .resolvesOnce({ TableNames: ["Audit", "Orders"], LastEvaluatedTableName: "Orders" })
      .rejects(awsError("ThrottlingException"));
    expect(await readingsOf("use=demo*")).toEqual({
      readings: [facts("Audit"), { resource: table("Orders"), exempt: "tag use=demo* (exemptResourceTag)" }],
      brokenOff: throttled,
    });
  });

  it("before the first name is nothing but the reason", async () => {
    dynamodb.on(ListTablesCommand).rejects(awsError("ThrottlingException"));
    expect(await readingsOf(null)).toEqual({ readings: [], brokenOff: throttled });
  });
});
