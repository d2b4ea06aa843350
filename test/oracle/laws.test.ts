/** The search against the simulator: witnesses and denials alike, and whether the laws find a planted error. */

import fc from "fast-check";
import { describe, expect, inject, it } from "vitest";
import type { StatementJson } from "./documents.ts";
import { policySets } from "./generate.ts";
import { known } from "./known.ts";
import { type Answer, answersOf, checkLaws, described, type Law, laws } from "./laws.ts";
import type { PolicySet } from "./simulate.ts";

const oracle = inject("oracle");
const missing = "missing" in oracle ? oracle.missing : null;
/** Policy sets a run; `oracle:nightly` asks about far more. */
const runs = Math.ceil(Number(process.env["ORACLE_RUNS"] ?? 800) / 2);

function single(...statements: readonly object[]): PolicySet {
  return { identityPolicies: [JSON.stringify({ Version: "2012-10-17", Statement: statements })] };
}

function allow(parts: object = {}): object {
  return { Effect: "Allow", Action: "dynamodb:*", Resource: "*", ...parts };
}

/** Each known way to break a law, by the smallest policies that do. */
const examples: Readonly<Record<string, PolicySet>> = {
  "a user's ARN is singled out by the name that it ends with": single(
    allow(),
    allow({ Condition: { StringEquals: { "aws:username": "ann" } } }),
    {
      Effect: "Deny",
      Action: "*",
      NotResource: "*",
      Condition: { ArnNotEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:user/${aws:username}" } },
    },
  ),
};

/** Where an earlier search broke a law. */
const mended: Readonly<Record<string, PolicySet>> = {
  "the default of a variable that a request need not carry is as good as a name": single(
    allow({ Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders${aws:PrincipalTag/Level, '2'}" }),
  ),
  "patterns that every principal of the caller's account matches choose nobody": single(
    allow({ Condition: { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:*" } } }),
  ),
  "what the caller writes into a variable may be a name that another policy allows": single(
    allow({ Resource: "arn:aws:dynamodb:*:*:table/${aws:UserAgent}" }),
    allow({
      Resource: "arn:aws:dynamodb:*:*:table/Orders",
      Condition: { StringEquals: { "aws:PrincipalTag/team": "red" } },
    }),
    { Effect: "Deny", Action: "*", NotResource: "arn:aws:dynamodb:*:*:table/Orders" },
  ),
  "a variable may have any value that the policies name elsewhere": single(
    allow({ Resource: "arn:aws:dynamodb:*:*:table/${aws:username}" }),
    { Effect: "Deny", Action: "*", NotResource: "arn:aws:dynamodb:*:*:table/Orders" },
  ),
  "that one Allow takes every address makes no other range a choice of nobody": single(
    allow({ Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } }),
    { Effect: "Deny", Action: "*", Resource: "*", Condition: { NotIpAddress: { "aws:SourceIp": "203.0.113.0/24" } } },
  ),
  "a Deny of all but the caller's own table binds as an Allow of it does": single(allow(), {
    Effect: "Deny",
    Action: "*",
    NotResource: "arn:aws:dynamodb:*:*:table/${aws:username}",
  }),
  "every account is more than minus one, so that such a demand singles out none": single(
    allow({ Condition: { NumericGreaterThanEquals: { "aws:VpceAccount": ["-1"] } } }),
  ),
  "an account's twelve digits are a number": single(
    allow({ Condition: { NumericGreaterThan: { "aws:ResourceAccount": 300.5 } } }),
  ),
  "an account's twelve digits, noughts before them, are seconds since 1970": single(
    allow({ Condition: { "ForAnyValue:DateGreaterThanEquals": { "aws:VpceAccount": ["2027-06-30T12:00:00Z"] } } }),
  ),
  "what is made up for a variable is singled out by no pattern on another key": single(allow(), {
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: {
      "ForAnyValue:StringNotEquals": { "dynamodb:LeadingKeys": ["${aws:UserAgent}"] },
      "ForAnyValue:StringNotLike": { "dynamodb:FirstPartitionKeyValues": ["an*"] },
    },
  }),
  "what is made up for a variable is singled out by no pattern on its own key": single(
    {
      Effect: "Deny",
      Action: "*",
      Resource: "arn:aws:dynamodb:eu-west-1:*:table/Orders2/stream/2024-01-01T00:??:00.000",
      Condition: { StringNotLike: { "aws:username": ["a*"] } },
    },
    allow({ Resource: ["arn:*:dynamodb:*:123456789012:table/${aws:username}", "*"] }),
  ),
  "a tag, a name or a key that is demanded as a number or date is demanded": single(
    allow({ Condition: { NumericLessThan: { "aws:PrincipalTag/Level": "10" } } }),
  ),
  "the caller's ARN is of its own account, and has a name": single(
    allow({ Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } } }),
  ),
  "a direct request is called via nobody": single(
    allow({ Condition: { "ForAnyValue:StringEquals": { "aws:CalledVia": "athena.amazonaws.com" } } }),
  ),
  "long-term keys are a user's, who has a name": single(
    allow({ Condition: { Null: { "aws:username": "true", "aws:TokenIssueTime": "true" } } }),
  ),
  "the region is that of the table": single(
    allow({ Condition: { StringEquals: { "aws:RequestedRegion": "eu-central-1" } } }),
  ),
  "the account is that of the table": single(
    allow({ Condition: { StringEquals: { "aws:ResourceAccount": "999999999999" } } }),
  ),
  "a region or account that a condition demands is that of the table": single(
    allow({
      Resource: "arn:aws:dynamodb:*:*:table/Orders",
      Condition: {
        StringLike: { "aws:RequestedRegion": "eu-*" },
        StringEquals: { "aws:ResourceAccount": "123456789012" },
      },
    }),
  ),
  "a tag of the table that the caller's must equal binds, whichever of the two is the variable": single(
    allow({ Condition: { StringEquals: { "aws:PrincipalTag/team": "${aws:ResourceTag/team}" } } }),
  ),
  "a Deny of everybody, elsewhere, demands nothing": single(allow(), {
    Effect: "Deny",
    Action: "*",
    Resource: "arn:aws:dynamodb:eu-west-1:123456789012:table/Users",
    Condition: {
      ArnEquals: { "aws:PrincipalArn": ["arn:aws:iam::123456789012:user/*", "arn:aws:iam::123456789012:role/*"] },
    },
  }),
  "what Allows refuse, and Denies deny, opens nothing": single(
    allow({ Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::123456789012:*/a??" } } }),
    allow({ Condition: { ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:user/*" } } }),
  ),
  "no ARN is a date": single(allow(), {
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: {
      DateEquals: { "aws:PrincipalArn": "2027-06-30T12:00:00Z" },
      ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:role/app" },
    },
  }),
  "a variable of one's own is unlike all others": single(allow(), {
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: {
      "ForAllValues:StringNotLike": { "dynamodb:LeadingKeys": "${aws:username}" },
      StringNotLike: { "aws:username": "Orders" },
    },
  }),
  "a user's name is that of its ARN": single(
    allow({
      Condition: {
        ArnNotLike: { "aws:PrincipalArn": "arn:aws:iam::123456789012:*/a??" },
        StringNotEquals: { "aws:username": "bob" },
      },
    }),
  ),
};

interface Planted {
  readonly breaks: Law;
  /** Policies that show it; random ones where it is left out. */
  readonly set?: PolicySet;
  readonly mistaken: Answer;
}

/** The search with an error planted. */
const planted: Readonly<Record<string, Planted>> = {
  "conditional Denies are overlooked": {
    breaks: "allowed",
    mistaken: of((one) => (one.Effect === "Deny" && one.Condition !== undefined ? null : one)),
  },
  "Null demands nothing": {
    breaks: "allowed",
    mistaken: of((one) => renamed(one, (operator) => (operator === "Null" ? null : operator))),
  },
  "IfExists is overlooked": {
    breaks: "none",
    mistaken: of((one) => renamed(one, (operator) => operator.replace("IfExists", ""))),
  },
  "ForAllValues is false of a key that is absent": {
    breaks: "none",
    set: single(
      allow({
        Action: ["dynamodb:GetItem", "dynamodb:Scan"],
        Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "ann" } },
      }),
    ),
    mistaken: of((one) => renamed(one, (operator) => operator.replace("ForAllValues", "ForAnyValue"))),
  },
  "an index is no resource of its own": {
    breaks: "none",
    set: single(allow(), {
      Effect: "Deny",
      Action: "*",
      Resource: "arn:aws:dynamodb:*:*:table/??????",
      Condition: { StringNotEquals: { "aws:SourceVpce": "vpce-0a1b2c3d" } },
    }),
    mistaken: of((one) => (one.Effect === "Deny" ? { ...one, Resource: "*" } : one)),
  },
  "the caller's own words bind": {
    breaks: "none",
    set: single(allow({ Condition: { StringLike: { "aws:UserAgent": "app/*" } } })),
    mistaken: of(({ Condition: _, ...one }) => ({ ...one, Condition: { StringLike: { "aws:username": "app/*" } } })),
  },
  "tags of the caller bind nobody": {
    breaks: "free",
    set: single(allow({ Condition: { StringEquals: { "aws:PrincipalTag/team": "red" } } })),
    mistaken: (set) => answersOf(set, (key) => !key.startsWith("aws:principaltag/")),
  },
  "nobody scans": {
    breaks: "nothing",
    set: single(allow({ Action: "dynamodb:Scan" })),
    mistaken: of((one) => (one.Action === "dynamodb:Scan" ? null : one)),
  },
};

/** The search, asked about policies that are not quite those. */
function of(mistake: (statement: StatementJson) => StatementJson | null): Answer {
  return ({ identityPolicies, boundary }) =>
    answersOf({
      identityPolicies: identityPolicies.map((text) => changed(text, mistake)),
      ...(boundary === undefined ? {} : { boundary: changed(boundary, mistake) }),
    });
}

function renamed(statement: StatementJson, change: (operator: string) => string | null): StatementJson {
  const { Condition = {}, ...rest } = statement;
  const entries = Object.entries(Condition).flatMap(([operator, keys]) => {
    const name = change(operator);
    return name === null ? [] : [[name, keys] as const];
  });
  return { ...rest, Condition: Object.fromEntries(entries) };
}

describe.skipIf(missing !== null)(`the laws of the search${missing === null ? "" : ` (skipped: ${missing})`}`, () => {
  it("hold", { timeout: 600_000 }, async () => {
    const tally = await checkLaws(answersOf, runs, { seed: 7 });
    console.info(`${tally.sets} policy sets: ${JSON.stringify(tally.answers)}; asked ${JSON.stringify(tally.asked)}`);
    expect(tally.violations.map(described)).toEqual([]);
    expect(tally.distinctSets).toBeGreaterThan(runs * 0.95);
    expect(Math.min(tally.answers.witness, tally.answers.none, tally.answers.nothing)).toBeGreaterThan(runs / 20);
    expect(tally.asked.none).toBeGreaterThan(tally.answers.none * 4);
    expect(tally.asked.nothing).toBeGreaterThan(tally.answers.nothing);
  });

  it.each(Object.entries(planted))("find that %s", { timeout: 300_000 }, async (_, { breaks, set, mistaken }) => {
    const sets = set === undefined ? policySets() : fc.constant(set);
    let found = 0;
    for (let seed = 1; found === 0 && seed < 40; seed++) {
      const { broken } = await checkLaws(mistaken, 20, { seed: seed * 1000, sets, known: [], mostOfALaw: 0 });
      found = broken[breaks];
    }
    expect(found).toBeGreaterThan(0);
  });

  it.each(Object.entries(mended))("are kept: %s", async (_, set) => {
    const { broken, sets } = await checkLaws(answersOf, 20, { sets: fc.constant(set), known: [] });
    expect({ broken, sets }).toEqual({
      broken: Object.fromEntries(Object.keys(laws).map((name) => [name, 0])),
      sets: 20,
    });
  });

  it("have an example of each known way to break them", () => {
    expect(Object.keys(examples).sort()).toEqual(known.map(({ about }) => about).sort());
  });

  it.each(known)("still are broken, as is known: $about", async ({ law, about }) => {
    const set = examples[about] ?? single();
    const { broken } = await checkLaws(answersOf, 20, { sets: fc.constant(set), known: [], mostOfALaw: 0 });
    expect({ ...broken, [law]: 0 }).toEqual(Object.fromEntries(Object.keys(laws).map((name) => [name, 0])));
    expect(broken[law]).toBeGreaterThan(0);
  });
});

/** A document without statements allows nothing, but is none: one that names another service stands in. */
function changed(text: string, change: (statement: StatementJson) => StatementJson | null): string {
  const nothing = { Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::none" };
  const { Version, Statement } = JSON.parse(text) as { Version?: string; Statement: StatementJson | StatementJson[] };
  return JSON.stringify({ Version, Statement: [Statement].flat().map((statement) => change(statement) ?? nothing) });
}
