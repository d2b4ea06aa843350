/** The DynamoDB developer guide on conditions, PartiQL and transactions. */
import { expect } from "vitest";
import { allow, deny, guideExamples, table } from "./guide-examples.ts";

const items = "GetItem BatchGetItem Query PutItem UpdateItem DeleteItem BatchWriteItem";
const keysOf = (...values: readonly string[]) => ({ "dynamodb:LeadingKeys": values });
const columns = (...names: readonly string[]) => ({ "dynamodb:Attributes": names });
const all = "ForAllValues:StringEquals";
const named = { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" };
const noWholeItem = { "dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"] };

const game = table("GameScores");
const gameIndex = table("GameScores/index/TopScoreDateTimeIndex");
const ownIds = ["${www.amazon.com:user_id}", "${graph.facebook.com:id}", "${accounts.google.com:sub}"] as const;
const ofTheGame = columns("UserId", "GameTitle", "Wins", "Losses", "TopScore", "TopScoreDateTime");

guideExamples("fine-grained access by conditions, and web identity federation", {
  "example 1, one's own items and named attributes: keys and columns each bind": {
    statements: allow(items, game, {
      [all]: { ...keysOf(ownIds[0]), ...ofTheGame },
      StringEqualsIfExists: named,
    }),
    expect: { boundBy: ["dynamodb:LeadingKeys", "dynamodb:Attributes"] },
  },
  "example 1 without its clause on Select: whole items are read, but one's own": {
    statements: allow(items, game, { [all]: { ...keysOf(ownIds[0]), ...ofTheGame } }),
    expect: { boundBy: ["dynamodb:LeadingKeys"] },
  },
  ...Object.fromEntries(
    ownIds.map((own) => [
      `example 2, the items of ${own}: the keys bind`,
      {
        statements: allow(items, game, { [all]: keysOf(own) }),
        expect: { boundBy: ["dynamodb:LeadingKeys"] },
      },
    ]),
  ),
  "example 2 for reading alone: the keys bind": {
    statements: allow("GetItem BatchGetItem Query", game, { [all]: keysOf(ownIds[0]) }),
    expect: { boundBy: ["dynamodb:LeadingKeys"] },
  },
  "example 2 with the Scan that the guide warns of: it carries no keys": {
    statements: allow(`${items} Scan`, game, { [all]: keysOf(ownIds[0]) }),
    expect: { action: "Scan", resource: game, context: { "dynamodb:LeadingKeys": null } },
  },
  "example 2 without a version, which its note warns of: the keys are the text of the variable, and bind": {
    statements: allow(items, game, { [all]: keysOf(ownIds[0]) }),
    version: "2008-10-17",
    expect: { boundBy: ["dynamodb:LeadingKeys"] },
  },
  "example 3, two attributes: columns bind, since Select has a value on every read": {
    statements: allow("UpdateItem GetItem Query BatchGetItem Scan", game, {
      [all]: columns("UserId", "TopScore"),
      StringEqualsIfExists: { ...named, ...noWholeItem },
    }),
    expect: { boundBy: ["dynamodb:Attributes"] },
  },
  "example 3 for reading alone, with StringEquals": {
    statements: allow("GetItem Query BatchGetItem Scan", game, {
      [all]: columns("UserId", "TopScore"),
      StringEquals: named,
    }),
    expect: { boundBy: ["dynamodb:Attributes"] },
  },
  "example 3 for writing alone, with StringEquals": {
    statements: allow("UpdateItem", game, { [all]: columns("UserId", "TopScore"), StringEquals: noWholeItem }),
    expect: { boundBy: ["dynamodb:Attributes"] },
  },
  "example 3 with a pattern of attributes: its literal characters bind": {
    statements: allow("UpdateItem GetItem Query BatchGetItem Scan", game, {
      "ForAllValues:StringLike": columns("UserId", "Top*"),
      StringEqualsIfExists: { ...named, ...noWholeItem },
    }),
    expect: { boundBy: ["dynamodb:Attributes"] },
  },
  "example 3 without its clause on Select: the whole item is read": {
    statements: allow("UpdateItem GetItem Query BatchGetItem Scan", game, { [all]: columns("UserId", "TopScore") }),
    expect: { action: "GetItem", resource: game },
  },
  "example 4, two attributes never updated: a list of what is refused restrains nobody": {
    statements: allow("UpdateItem", game, {
      "ForAllValues:StringNotLike": columns("FreeGamesAvailable", "BossLevelUnlocked"),
      StringEquals: noWholeItem,
    }),
    expect: { action: "UpdateItem", resource: game, context: { "dynamodb:ReturnValues": "NONE" } },
  },
  "example 4 as it stands now, with IfExists and a Select that no update has: the same": {
    statements: allow("UpdateItem", game, {
      "ForAllValues:StringNotLike": columns("FreeGamesAvailable", "BossLevelUnlocked"),
      StringEqualsIfExists: { ...named, ...noWholeItem },
    }),
    expect: { action: "UpdateItem", resource: game, context: { "dynamodb:Select": null } },
  },
  "example 5, named attributes of an index: columns bind": {
    statements: allow("Query", gameIndex, {
      [all]: columns("TopScoreDateTime", "GameTitle", "Wins", "Losses", "Attempts"),
      StringEquals: named,
    }),
    expect: { boundBy: ["dynamodb:Attributes"] },
  },
  "example 5, all that an index projects: Select by itself restrains nobody": {
    statements: allow("Query", gameIndex, { StringEquals: { "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES" } }),
    expect: { action: "Query", resource: gameIndex, context: { "dynamodb:Select": "ALL_PROJECTED_ATTRIBUTES" } },
  },
  "example 6, one's own items and two attributes, on a table and an index: each binds": {
    statements: allow("UpdateItem GetItem Query BatchGetItem", [game, gameIndex], {
      [all]: { ...keysOf(ownIds[1]), ...columns("attribute-A", "attribute-B") },
      StringEqualsIfExists: { ...named, ...noWholeItem },
    }),
    expect: { boundBy: ["dynamodb:LeadingKeys", "dynamodb:Attributes"] },
  },
  "example 7, two attributes denied: all others are free, if they are named": {
    statements: [
      allow("GetItem Query Scan", table("CustomerData")),
      deny("GetItem Query Scan", table("CustomerData"), {
        "ForAnyValue:StringEquals": columns("SSN", "CreditCardNumber"),
      }),
      deny("GetItem Query Scan", table("CustomerData"), { StringNotEqualsIfExists: named }),
    ],
    expect: { action: "GetItem", context: { "dynamodb:Select": "SPECIFIC_ATTRIBUTES" } },
  },
});

const partiQl = "PartiQLInsert PartiQLUpdate PartiQLDelete PartiQLSelect";
const music = table("Music");
const inTransaction = { StringEquals: { "dynamodb:EnclosingOperation": ["ExecuteTransaction"] } };

guideExamples("PartiQL", {
  "example 1, all statements on a table: nothing is demanded": {
    statements: allow(partiQl, music),
    expect: { action: "PartiQLSelect", resource: music },
  },
  "example 2, SELECT on a table: nothing is demanded": {
    statements: allow("PartiQLSelect", music),
    expect: { action: "PartiQLSelect", resource: music },
  },
  "example 3, INSERT on an index: the reference knows inserts into tables alone, so that it allows none": {
    statements: allow("PartiQLInsert", `${music}/index/index1`),
    expect: "nothing",
  },
  "SELECT on an index: nothing is demanded": {
    statements: allow("PartiQLSelect", `${music}/index/index1`),
    expect: { action: "PartiQLSelect", resource: `${music}/index/index1` },
  },
  "example 4, transactions only: the caller chooses them": {
    statements: allow(partiQl, music, inTransaction),
    expect: { action: "PartiQLSelect", context: { "dynamodb:EnclosingOperation": "ExecuteTransaction" } },
  },
  "example 5, no transactions: the caller avoids them": {
    statements: [deny(partiQl, music, inTransaction), allow(partiQl, music)],
    expect: { action: "PartiQLSelect", context: { "dynamodb:EnclosingOperation": null } },
  },
  "example 6, no full scans: the caller names a key, any key": {
    statements: [
      deny("PartiQLSelect", table("WatchList"), { Bool: { "dynamodb:FullTableScan": ["true"] } }),
      allow("PartiQLSelect", table("WatchList")),
    ],
    expect: { action: "PartiQLSelect", context: { "dynamodb:FullTableScan": "false" } },
  },
});

const members = "ConditionCheckItem PutItem UpdateItem DeleteItem GetItem";
const someTable = "arn:aws:dynamodb:*:*:table/table04";
const ofTransactions = {
  "ForAnyValue:StringEquals": { "dynamodb:EnclosingOperation": ["TransactWriteItems", "TransactGetItems"] },
};

guideExamples("transactions", {
  "example 1, what transactions are made of: nothing is demanded": {
    statements: allow(members, someTable),
    expect: { action: "GetItem" },
  },
  "example 2, transactions only: the caller chooses them": {
    statements: allow(members, someTable, ofTransactions),
    expect: {
      action: "GetItem",
      context: { "dynamodb:EnclosingOperation": expect.stringMatching(/^Transact(Get|Write)Items$/) },
    },
  },
  "example 3, no transactions: the caller avoids them": {
    statements: [deny(members, someTable, ofTransactions), allow("PutItem DeleteItem GetItem UpdateItem", someTable)],
    expect: { action: "GetItem", context: { "dynamodb:EnclosingOperation": null } },
  },
  "example 4, nothing returned when a check fails: the caller asks for nothing": {
    statements: allow(members, someTable, { StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" } }),
    expect: { action: "GetItem" },
  },
});
