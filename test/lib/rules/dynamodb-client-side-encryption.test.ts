import { clientSideEncryption } from "../../../lib/rules/dynamodb-client-side-encryption.ts";
import { ruleTable } from "../../rule-table.ts";
import { otherKeyArn, wrappingKeyArn } from "../client-side-encryption/headers.ts";
import {
  broken,
  encrypted,
  facts,
  items,
  legacy,
  noTags,
  notLookedAt,
  plain,
  shutOut,
  signed,
  throttled,
  underKey,
  underNone,
  underOther,
  unknown,
} from "./client-side-encryption-facts.ts";

const tagged = "(tagged `DataClassification=restricted`)";
const wanted = "client-side encryption of every item required";
const mend = "Encrypt in the client (ENCRYPT_AND_SIGN) before PutItem";
const notJudged =
  "No tag DataClassification, so its items were not looked at: whether they are sensitive is not known (requireClassification makes this a violation)";

ruleTable(clientSideEncryption, {
  "items that the Database Encryption SDK encrypted as compliant, with how many of how many": {
    facts: facts(items([25, encrypted])),
    expect: ["COMPLIANT", `25 of 25 sampled items of about 1200: encrypted on the client ${tagged}`],
  },
  "all items of a small table as compliant": {
    facts: facts(items([3, encrypted]), { sample: { whole: true }, store: { itemCount: 0 } }),
    expect: ["COMPLIANT", `3 of all 3 items: encrypted on the client ${tagged}`],
  },
  "a sample of a table whose items DynamoDB has not counted yet": {
    facts: facts(items([25, encrypted]), { store: { itemCount: 0 } }),
    expect: ["COMPLIANT", `25 of 25 sampled items: encrypted on the client ${tagged}`],
  },
  "items of the legacy client as compliant, and says what cannot be told": {
    facts: facts(items([20, encrypted], [5, legacy])),
    expect: [
      "COMPLIANT",
      `25 of 25 sampled items of about 1200: encrypted on the client; 5 by the legacy client: which attributes it encrypted cannot be told ${tagged}`,
    ],
  },
  "a sample that ended early to spare the table, and says so": {
    facts: facts(items([2, encrypted]), { sample: { costly: true } }),
    expect: [
      "COMPLIANT",
      `2 of 2 sampled items of about 1200: encrypted on the client; the sample ended early, to spare the table's read capacity ${tagged}`,
    ],
  },
  "plain items beside encrypted ones as a violation": {
    facts: facts(items([18, encrypted], [7, plain])),
    expect: ["NON_COMPLIANT", `7 of 25 sampled items of about 1200 carry no encryption header; ${wanted}. ${mend}`],
    reasons: ["plainItems"],
    commands: [],
  },
  "one plain item as a violation": {
    facts: facts(items([1, plain]), { sample: { whole: true }, store: { itemCount: 1 } }),
    expect: ["NON_COMPLIANT", `1 of all 1 item carries no encryption header; ${wanted}. ${mend}`],
  },
  "a plain item although the sample broke off: one proof is enough": {
    facts: facts(items([3, encrypted], [1, plain]), { sample: { brokenOff: throttled } }),
    expect: ["NON_COMPLIANT", `1 of 4 sampled items of about 1200 carries no encryption header; ${wanted}. ${mend}`],
  },
  "a plain item although another's version is not known: one proof is enough": {
    facts: facts(items([3, unknown], [1, plain])),
    expect: ["NON_COMPLIANT", `1 of 4 sampled items of about 1200 carries no encryption header; ${wanted}. ${mend}`],
  },
  "markers that nothing can read as a violation": {
    facts: facts(items([24, encrypted], [1, broken])),
    expect: [
      "NON_COMPLIANT",
      `1 of 25 sampled items of about 1200 has broken encryption markers (aws_dbe_foot is missing); ${wanted}. ${mend}`,
    ],
    reasons: ["malformedMarkers"],
  },
  "items that were signed and not encrypted as a violation": {
    facts: facts(items([25, signed])),
    expect: [
      "NON_COMPLIANT",
      `25 of 25 sampled items of about 1200 are signed, not encrypted; at least one encrypted attribute required. ${mend}`,
    ],
    reasons: ["signedNotEncrypted"],
  },
  "items that were signed and not encrypted as compliant where that is enough": {
    facts: facts(items([20, encrypted], [5, signed])),
    parameters: { requireEncryptedAttribute: "false" },
    expect: [
      "COMPLIANT",
      `25 of 25 sampled items of about 1200: encrypted on the client; 5 of them only signed ${tagged}`,
    ],
  },
  "each kind of fault, and shows the first": {
    facts: facts(items([1, plain], [2, broken], [3, signed], [4, underOther])),
    parameters: { allowedWrappingKeyArns: wrappingKeyArn },
    expect: [
      "NON_COMPLIANT",
      `1 of 10 sampled items of about 1200 carries no encryption header; ${wanted} (+3 more). ${mend}. Wrap their data keys by an allowed key`,
    ],
    reasons: ["plainItems", "malformedMarkers", "signedNotEncrypted", "wrappingKeyNotAllowed"],
  },
  "a data key under a KMS key that is not allowed as a violation": {
    facts: facts(items([3, underKey], [2, underOther])),
    parameters: { allowedWrappingKeyArns: [wrappingKeyArn] },
    expect: [
      "NON_COMPLIANT",
      "2 of 5 sampled items of about 1200 have a data key under KMS key ...9c02; only keys of allowedWrappingKeyArns. Wrap their data keys by an allowed key",
    ],
    reasons: ["wrappingKeyNotAllowed"],
  },
  "a data key under no key ARN as a violation where only some keys are allowed": {
    facts: facts(items([1, underNone])),
    parameters: { allowedWrappingKeyArns: wrappingKeyArn },
    expect: [
      "NON_COMPLIANT",
      "1 of 1 sampled item of about 1200 has a data key under a KMS key without an ARN; only keys of allowedWrappingKeyArns. Wrap their data keys by an allowed key",
    ],
  },
  "data keys under allowed KMS keys as compliant": {
    facts: facts(items([3, underKey], [2, underOther])),
    parameters: { allowedWrappingKeyArns: `${wrappingKeyArn},${otherKeyArn}` },
    expect: ["COMPLIANT", `5 of 5 sampled items of about 1200: encrypted on the client ${tagged}`],
  },
  "data keys of another provider as not verified where only some keys are allowed": {
    facts: facts(items([3, underKey], [22, encrypted])),
    parameters: { allowedWrappingKeyArns: wrappingKeyArn },
    expect: [
      "unread",
      "dynamodb:Scan on table Customers finds data keys in 22 of 25 sampled items of about 1200 whose wrapping key cannot be told (only provider aws-kms tells it), yet allowedWrappingKeyArns is set",
      true,
    ],
  },
  "items of the legacy client as not verified where only some keys are allowed": {
    facts: facts(items([1, legacy])),
    parameters: { allowedWrappingKeyArns: wrappingKeyArn },
    expect: [
      "unread",
      "dynamodb:Scan on table Customers finds data keys in 1 of 1 sampled item of about 1200 whose wrapping key cannot be told (only provider aws-kms tells it), yet allowedWrappingKeyArns is set",
      true,
    ],
  },
  "a format version that nobody knows as not verified": {
    facts: facts(items([24, encrypted], [1, unknown])),
    expect: [
      "unread",
      "dynamodb:Scan on table Customers finds a format version that this release does not know in 1 of 25 sampled items of about 1200: whether they are encrypted cannot be told",
      true,
    ],
  },
  "an untagged table as not applicable, and says that silence is no cover": {
    facts: notLookedAt({ team: "shop" }),
    expect: ["NOT_APPLICABLE", notJudged],
  },
  "a table whose tag is blank as untagged": {
    facts: notLookedAt({ DataClassification: " " }),
    expect: ["NOT_APPLICABLE", notJudged],
  },
  "an untagged table as a violation where each must be classified": {
    facts: notLookedAt({}),
    parameters: { requireClassification: true },
    expect: [
      "NON_COMPLIANT",
      "No tag DataClassification: whether the items are sensitive is not known; a classification of every table required. Tag the table DataClassification=... (tag-resource)",
    ],
    reasons: ["notClassified"],
  },
  "a table with another value as not applicable, also where each must be classified": {
    facts: notLookedAt({ DataClassification: "public" }),
    parameters: { requireClassification: true },
    expect: [
      "NOT_APPLICABLE",
      "Tagged `DataClassification=public`, which is none of sensitiveTagValues: its items were not looked at",
    ],
  },
  "a tag in another letter case, and with space around its value": {
    facts: facts(items([1, encrypted]), { tags: { value: { dataclassification: " PII " } } }),
    expect: [
      "COMPLIANT",
      "1 of 1 sampled item of about 1200: encrypted on the client (tagged `dataclassification= PII `)",
    ],
  },
  "a table that is sensitive by one of two tags that differ in letter case": {
    facts: facts(items([1, encrypted]), {
      tags: { value: { dataClassification: "public", DataClassification: "pii" } },
    }),
    expect: [
      "COMPLIANT",
      "1 of 1 sampled item of about 1200: encrypted on the client (tagged `DataClassification=pii`)",
    ],
  },
  "a table by the tag that the parameters name": {
    facts: facts(items([1, encrypted]), { tags: { value: { level: "3" } } }),
    parameters: { sensitiveTagKey: "Level", sensitiveTagValues: "3,4" },
    expect: ["COMPLIANT", "1 of 1 sampled item of about 1200: encrypted on the client (tagged `level=3`)"],
  },
  "an empty table as not applicable": {
    facts: facts([], { sample: { whole: true } }),
    expect: ["NOT_APPLICABLE", "The table is empty: it holds no item to look at"],
  },
  "a table of which no segment gave an item, though one goes on, as not known": {
    facts: facts([]),
    expect: ["unread", "dynamodb:Scan on table Customers gave no item, though the table holds more", false],
  },
  "a table of which a segment could not be read as not known, not as empty": {
    facts: facts([], { sample: { brokenOff: throttled } }),
    expect: ["unread", "dynamodb:Scan on table Customers was throttled past the retries", false],
  },
  "a sample that broke off as not known, however fine its items are": {
    facts: facts(items([24, encrypted]), { sample: { brokenOff: throttled } }),
    expect: ["unread", "dynamodb:Scan on table Customers was throttled past the retries", false],
  },
  "a table that shuts the scanner out as not verified, and says how to get in": {
    facts: facts([], { sample: { brokenOff: shutOut } }),
    expect: ["unread", `${shutOut.call} ${shutOut.message}`, true],
  },
  "what lasts before what passes": {
    facts: facts(items([1, unknown]), { sample: { brokenOff: throttled } }),
    expect: [
      "unread",
      "dynamodb:Scan on table Customers finds a format version that this release does not know in 1 of 1 sampled item of about 1200: whether they are encrypted cannot be told",
      true,
    ],
  },
  "a sensitive table whose items were not asked for as not known": {
    facts: notLookedAt({ DataClassification: "pii" }),
    expect: ["unread", "dynamodb:Scan on table Customers was not made", false],
  },
  "a table whose tags could not be read as not known": {
    facts: { tableName: "Customers", tags: { unread: noTags }, store: null },
    expect: ["unread", "tag:GetResources on tables was denied. Allow it to role/scanner", true],
  },
  "a table whose tags could not be read as not known, also where each must be classified": {
    facts: { tableName: "Customers", tags: { unread: noTags }, store: null },
    parameters: { requireClassification: true },
    expect: ["unread", "tag:GetResources on tables was denied. Allow it to role/scanner", true],
  },
  "a table that is being created as not applicable": {
    facts: facts([], { store: { tableStatus: "CREATING", sample: null } }),
    expect: ["NOT_APPLICABLE", "The table is CREATING: it is judged when it is ACTIVE"],
  },
  "a table that is being deleted as not applicable": {
    facts: facts([], { store: { tableStatus: "DELETING", sample: null } }),
    expect: ["NOT_APPLICABLE", "The table is DELETING: it is judged when it is ACTIVE"],
  },
});
