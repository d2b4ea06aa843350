import { describe, expect, it } from "vitest";
import type { PrincipalFacts } from "../../../lib/account/iam-facts.ts";
import type { AccessKey, LastUse, RootKeys, ServiceUse, UserKeys } from "../../../lib/account/static-key-facts.ts";
import { type ParameterError, parseParameters } from "../../../lib/parameters.ts";
import { staticKeys } from "../../../lib/rules/dynamodb-static-keys.ts";
import { awsManaged, inline, tableArn, unreadDocument, user } from "../../fakes/iam-facts.ts";
import { ruleTable } from "../../rule-table.ts";

/** The facts' "now" is 2026-01-04. */
const used = (service: string | null, date: string): LastUse => ({
  date: new Date(date),
  service,
  region: "us-east-1",
});
const yesterday = "2026-01-03T09:30:00Z";
const beforeLookback = "2025-10-05T23:00:00Z";
const firstOfLookback = "2025-10-06T00:00:00Z";

interface Told {
  readonly reported?: LastUse | null;
  readonly lastUsed?: LastUse | null;
}

/** Never used, where nothing else is said. */
function key(
  ending: string,
  { reported = null, lastUsed = null }: Told = {},
  more: Partial<AccessKey> = {},
): AccessKey {
  return {
    ending: `...${ending}`,
    isActive: true,
    createDate: new Date("2025-09-01T00:00:00Z"),
    reported: { value: reported },
    lastUsed: { value: lastUsed },
    ...more,
  };
}

const inactive = { isActive: false, lastUsed: null };
const reads = [inline("orders", [{ Action: "dynamodb:GetItem", Resource: tableArn("Orders") }])];
const mails = [inline("mail", [{ Action: "ses:SendEmail", Resource: "*" }])];

function userWith(keys: readonly AccessKey[], more: Partial<UserKeys> = {}, policies = reads): UserKeys {
  return {
    kind: "user",
    // What the fake makes for a user.
    user: user("app", policies) as PrincipalFacts,
    keys,
    keysUnread: null,
    hasPassword: false,
    serviceUses: null,
    reportedAt: new Date("2026-01-03T21:00:00Z"),
    ...more,
  };
}

function root(keys: RootKeys["keys"]): RootKeys {
  const now = Date.UTC(2026, 0, 4);
  return { kind: "root", accountId: "123456789012", now, keys, reportedAt: new Date("2026-01-03T21:00:00Z") };
}

const details = (...uses: readonly (readonly [service: string, date: string | null])[]): Partial<UserKeys> => ({
  serviceUses: {
    value: uses.map(
      ([service, date]): ServiceUse => ({
        service,
        lastAuthenticated: date === null ? null : new Date(date),
        region: date === null ? null : "eu-west-1",
      }),
    ),
  },
});
const everyEvidence = { evidence: "credentialReport,accessKeyLastUsed,serviceLastAccessed" };
const usedOnly = { flagCapable: "false" };
const serviceOnly = { ...everyEvidence, ...usedOnly };

const denied = (call: string) => ({ unread: { call, message: "on user app was denied", lasting: true } });
const throttled = (call: string) => ({ unread: { call, message: "on user app was throttled", lasting: false } });
const s3 = used("s3", "2026-01-03T12:00:00Z");
const s3Key = (ending: string, more: Partial<AccessKey> = {}) => key(ending, { reported: s3, lastUsed: s3 }, more);

const mend = "a role must make its calls. Give the caller an IAM role, then deactivate the key";
const couldMend = "no key should be able to. Give the caller an IAM role, then deactivate the key";
const report = "credential report 3 h old";
const none = "no call of DynamoDB in 90 days is told by credentialReport, accessKeyLastUsed";
const list = (last: string) =>
  `aws iam list-access-keys --user-name app --query AccessKeyMetadata[?ends_with(AccessKeyId, \`"${last}"\`)].AccessKeyId`;
const commandsFor = (last: string) => [
  list(last),
  `aws iam update-access-key --user-name app --access-key-id ID_ENDING_IN_${last} --status Inactive`,
  `aws iam delete-access-key --user-name app --access-key-id ID_ENDING_IN_${last}`,
];

ruleTable(staticKeys, {
  "a user without a key complies": {
    facts: userWith([]),
    expect: ["COMPLIANT", "user/app: no access key"],
  },
  "a user whose keys are inactive complies, whatever they did": {
    facts: userWith([key("W2QX", { reported: used("dynamodb", yesterday) }, inactive)]),
    expect: ["COMPLIANT", "user/app: no active access key"],
  },
  "a key that called DynamoDB, as it says itself": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodb", yesterday) })]),
    expect: ["NON_COMPLIANT", `user/app: active key ...W2QX called dynamodb on 2026-01-03 (us-east-1); ${mend}`],
    reasons: ["called"],
    commands: commandsFor("W2QX"),
  },
  "a key that called DynamoDB, as the credential report says, with the report's age": {
    facts: userWith([key("W2QX", { reported: used("dynamodb", yesterday) }, { lastUsed: null })]),
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX called dynamodb on 2026-01-03 (us-east-1), ${report}; ${mend}`,
    ],
    reasons: ["called"],
  },
  "a key that called DynamoDB, of whose other evidence nothing could be read": {
    facts: userWith([
      key("W2QX", { reported: used("dynamodb", yesterday) }, { lastUsed: denied("iam:GetAccessKeyLastUsed") }),
    ]),
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX called dynamodb on 2026-01-03 (us-east-1), ${report}; ${mend}`,
    ],
    reasons: ["called"],
  },
  "a key that called DAX, which is DynamoDB": {
    facts: userWith([key("W2QX", { lastUsed: used("dax", yesterday) })]),
    expect: ["NON_COMPLIANT", `user/app: active key ...W2QX called dax on 2026-01-03 (us-east-1); ${mend}`],
    reasons: ["called"],
  },
  "a key that read a stream, which is DynamoDB": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodbstreams", yesterday) })]),
    expect: ["NON_COMPLIANT", `user/app: active key ...W2QX called dynamodbstreams on 2026-01-03 (us-east-1); ${mend}`],
    reasons: ["called"],
  },
  "a key that called DynamoDB on the first moment that counts": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodb", firstOfLookback) })]),
    expect: ["NON_COMPLIANT", `user/app: active key ...W2QX called dynamodb on 2025-10-06 (us-east-1); ${mend}`],
    reasons: ["called"],
  },
  "a key that called DynamoDB too long ago, and still can": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodb", beforeLookback) })]),
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX, created 2025-09-01, can dynamodb:GetItem on table/Orders; ${couldMend}`,
    ],
    reasons: ["capable"],
  },
  "a key that called DynamoDB before lookbackDays complies where only calls count": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodb", beforeLookback) })]),
    parameters: usedOnly,
    expect: ["COMPLIANT", `user/app: active key ...W2QX; ${none}`],
  },
  "a key that called DynamoDB before the default, within a longer lookbackDays": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodb", beforeLookback) })]),
    parameters: { lookbackDays: "91" },
    expect: ["NON_COMPLIANT", `user/app: active key ...W2QX called dynamodb on 2025-10-05 (us-east-1); ${mend}`],
    reasons: ["called"],
  },
  "a key that was never used, and can call": {
    facts: userWith([key("W2QX")]),
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX, created 2025-09-01, can dynamodb:GetItem on table/Orders; ${couldMend}`,
    ],
    reasons: ["capable"],
    commands: commandsFor("W2QX"),
  },
  "a key that can call, of whose use nothing could be read": {
    facts: userWith([s3Key("W2QX", { lastUsed: denied("iam:GetAccessKeyLastUsed") })]),
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX, created 2025-09-01, can dynamodb:GetItem on table/Orders; ${couldMend}`,
    ],
    reasons: ["capable"],
  },
  "two keys, of which one called and the other can": {
    facts: userWith([s3Key("AAAA"), key("BBBB", { lastUsed: used("dynamodb", yesterday) })]),
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...BBBB called dynamodb on 2026-01-03 (us-east-1); a role must make its calls (+1 more). Give the caller an IAM role, then deactivate the key`,
    ],
    reasons: ["called", "capable"],
    commands: [...commandsFor("BBBB"), ...commandsFor("AAAA")],
  },
  "a key whose id could not be read, and that called by the report": {
    facts: userWith(
      [key("", { reported: used("dynamodb", yesterday) }, { ending: null, lastUsed: denied("iam:ListAccessKeys") })],
      { keysUnread: denied("iam:ListAccessKeys").unread },
    ),
    expect: ["NON_COMPLIANT", `user/app: active key called dynamodb on 2026-01-03 (us-east-1), ${report}; ${mend}`],
    reasons: ["called"],
    commands: [
      "aws iam list-access-keys --user-name app --query AccessKeyMetadata",
      "aws iam update-access-key --user-name app --access-key-id ACCESS_KEY_ID --status Inactive",
      "aws iam delete-access-key --user-name app --access-key-id ACCESS_KEY_ID",
    ],
  },
  "a key whose user may do nothing with DynamoDB, and did nothing, is not judged": {
    facts: userWith([s3Key("W2QX"), key("BBBB")], {}, mails),
    expect: ["NOT_APPLICABLE", `user/app: active key ...W2QX and ...BBBB; ${none}, and its policies allow none`],
  },
  "a key whose user may no longer do anything with DynamoDB, and did": {
    facts: userWith([key("W2QX", { lastUsed: used("dynamodb", yesterday) })], {}, mails),
    expect: ["NON_COMPLIANT", `user/app: active key ...W2QX called dynamodb on 2026-01-03 (us-east-1); ${mend}`],
    reasons: ["called"],
  },
  "a key that was last used for another service complies where only calls count": {
    facts: userWith([s3Key("W2QX")]),
    parameters: usedOnly,
    expect: ["COMPLIANT", `user/app: active key ...W2QX; ${none}`],
  },
  "a key whose user's policies were not read": {
    facts: userWith([s3Key("W2QX")], {}, [...mails, unreadDocument("PowerUserAccess")]),
    expect: ["unread", "iam:GetPolicyVersion user/app: on policy PowerUserAccess was denied", true],
  },
  "a key whose user's policies were not read does not matter where only calls count": {
    facts: userWith([s3Key("W2QX")], {}, [awsManaged("ReadOnlyAccess", []), unreadDocument("PowerUserAccess")]),
    parameters: usedOnly,
    expect: ["COMPLIANT", `user/app: active key ...W2QX; ${none}`],
  },
  "keys that could not be listed": {
    facts: userWith([], { keysUnread: throttled("iam:ListAccessKeys").unread }),
    expect: ["unread", "iam:ListAccessKeys user/app: on user app was throttled", false],
  },
  "an inactive key beside others that could not be listed": {
    facts: userWith([key("W2QX", {}, inactive)], { keysUnread: denied("iam:ListAccessKeys").unread }),
    expect: ["unread", "iam:ListAccessKeys user/app: on user app was denied", true],
  },
  "a credential report that could not be read": {
    facts: userWith([s3Key("W2QX", { reported: denied("iam:GetCredentialReport") })], {}, mails),
    expect: ["unread", "iam:GetCredentialReport user/app: on user app was denied", true],
  },
  "what lasts comes before what passes": {
    facts: userWith(
      [s3Key("W2QX", { reported: throttled("iam:GetCredentialReport"), lastUsed: denied("iam:GetAccessKeyLastUsed") })],
      {},
      mails,
    ),
    expect: ["unread", "iam:GetAccessKeyLastUsed user/app: on user app was denied", true],
  },
  "a key that the credential report does not tell of, which is all the evidence": {
    facts: userWith([key("W2QX", {}, { reported: null, lastUsed: null })], {}, mails),
    parameters: { evidence: "credentialReport" },
    expect: [
      "unread",
      "iam:GetCredentialReport user/app: tells nothing of key ...W2QX, perhaps younger than the report",
      true,
    ],
  },
  "a key that the credential report does not tell of tells of itself": {
    facts: userWith([s3Key("W2QX", { reported: null })], {}, mails),
    expect: ["NOT_APPLICABLE", `user/app: active key ...W2QX; ${none}, and its policies allow none`],
  },
  "a key that was used for a service that is not told": {
    facts: userWith([key("W2QX", { reported: used(null, yesterday), lastUsed: used(null, yesterday) })], {}, mails),
    expect: ["unread", "iam:GetAccessKeyLastUsed user/app: does not tell for which service key ...W2QX was used", true],
  },
  "a key that was used too long ago for a service that is not told": {
    facts: userWith([key("W2QX", { lastUsed: used(null, beforeLookback) })]),
    parameters: usedOnly,
    expect: ["COMPLIANT", `user/app: active key ...W2QX; ${none}`],
  },
  "a call that a later one hides, of a user who has no password": {
    facts: userWith([s3Key("W2QX")], details(["dynamodb", "2025-12-24T08:00:00Z"])),
    parameters: everyEvidence,
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX called dynamodb on 2025-12-24 (eu-west-1), allowed or refused (service last accessed); ${mend}`,
    ],
    reasons: ["called"],
    commands: commandsFor("W2QX"),
  },
  "a call that one of two keys made": {
    facts: userWith([s3Key("AAAA"), s3Key("BBBB")], details(["dynamodb", null], ["dax", "2025-12-24T08:00:00Z"])),
    parameters: serviceOnly,
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...AAAA or ...BBBB called dax on 2025-12-24 (eu-west-1), allowed or refused (service last accessed); ${mend}`,
    ],
    reasons: ["called"],
    commands: [...commandsFor("AAAA"), ...commandsFor("BBBB")],
  },
  "a call that only one of two keys can have made: the other one was not used since": {
    facts: userWith(
      [s3Key("AAAA"), key("BBBB", { lastUsed: used("s3", "2025-12-01T00:00:00Z") })],
      details(["dynamodb", "2025-12-24T08:00:00Z"]),
    ),
    parameters: serviceOnly,
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...AAAA called dynamodb on 2025-12-24 (eu-west-1), allowed or refused (service last accessed); ${mend}`,
    ],
    reasons: ["called"],
  },
  "a call that the console may have made, at the time of the key's own use": {
    facts: userWith([s3Key("W2QX")], { ...details(["dynamodb", "2026-01-03T12:15:00Z"]), hasPassword: true }),
    parameters: serviceOnly,
    expect: [
      "NON_COMPLIANT",
      `user/app: active key ...W2QX called dynamodb on 2026-01-03 (eu-west-1), allowed or refused (service last accessed); ${mend}`,
    ],
    reasons: ["called"],
  },
  "a call that the console may have made, at another time": {
    facts: userWith([s3Key("W2QX")], { ...details(["dynamodb", "2026-01-03T12:15:01Z"]), hasPassword: true }),
    parameters: serviceOnly,
    expect: [
      "unread",
      "iam:GetServiceLastAccessedDetails user/app: tells a call of dynamodb on 2026-01-03 (eu-west-1), not whether by the active key, by another or by the console",
      true,
    ],
  },
  "a call of a user of whom it is not told whether there is a password": {
    facts: userWith([s3Key("W2QX")], { ...details(["dynamodb", "2025-12-24T08:00:00Z"]), hasPassword: null }),
    parameters: serviceOnly,
    expect: [
      "unread",
      "iam:GetServiceLastAccessedDetails user/app: tells a call of dynamodb on 2025-12-24 (eu-west-1), not whether by the active key, by another or by the console",
      true,
    ],
  },
  "a call that an inactive key may have made": {
    facts: userWith([s3Key("AAAA"), s3Key("BBBB", inactive)], details(["dynamodb", "2025-12-24T08:00:00Z"])),
    parameters: serviceOnly,
    expect: [
      "unread",
      "iam:GetServiceLastAccessedDetails user/app: tells a call of dynamodb on 2025-12-24 (eu-west-1), not whether by the active key, by another or by the console",
      true,
    ],
  },
  "a call of before the key was made": {
    facts: userWith(
      [s3Key("AAAA", { createDate: new Date("2025-12-25T00:00:00Z") })],
      details(["dynamodb", "2025-12-24T08:00:00Z"]),
    ),
    parameters: serviceOnly,
    expect: [
      "unread",
      "iam:GetServiceLastAccessedDetails user/app: tells a call of dynamodb on 2025-12-24 (eu-west-1), not whether by the active key, by another or by the console",
      true,
    ],
  },
  "a call by a user whose key was not used since": {
    facts: userWith([key("W2QX")], { ...details(["dynamodb", yesterday]), hasPassword: true }),
    parameters: serviceOnly,
    expect: [
      "COMPLIANT",
      "user/app: active key ...W2QX; no call of DynamoDB in 90 days is told by credentialReport, accessKeyLastUsed, serviceLastAccessed",
    ],
  },
  "a key of a user who did not call DynamoDB at all": {
    facts: userWith([s3Key("W2QX")], { ...details(["dynamodb", null], ["dax", beforeLookback]), hasPassword: true }),
    parameters: serviceOnly,
    expect: [
      "COMPLIANT",
      "user/app: active key ...W2QX; no call of DynamoDB in 90 days is told by credentialReport, accessKeyLastUsed, serviceLastAccessed",
    ],
  },
  "a key whose user's policies allow nothing of DynamoDB, so that IAM does not list it": {
    facts: userWith([s3Key("W2QX")], details(), mails),
    parameters: serviceOnly,
    expect: [
      "COMPLIANT",
      "user/app: active key ...W2QX; no call of DynamoDB in 90 days is told by credentialReport, accessKeyLastUsed, serviceLastAccessed",
    ],
  },
  "a key whose user's policies allow what IAM does not list": {
    facts: userWith([s3Key("W2QX")], details()),
    parameters: serviceOnly,
    expect: [
      "unread",
      "iam:GetServiceLastAccessedDetails user/app: does not list dynamodb yet, which the policies allow",
      false,
    ],
  },
  "service last accessed details are evidence enough that nobody called": {
    facts: userWith([key("W2QX", {}, { reported: null, lastUsed: null })], {
      ...details(["dynamodb", beforeLookback]),
      hasPassword: null,
    }),
    parameters: { ...usedOnly, evidence: "serviceLastAccessed" },
    expect: [
      "COMPLIANT",
      "user/app: active key ...W2QX; no call of DynamoDB in 90 days is told by serviceLastAccessed",
    ],
  },
  "service last accessed details alone do not tell a key from the console": {
    facts: userWith([key("W2QX", {}, { reported: null, lastUsed: null })], {
      ...details(["dynamodb", yesterday]),
      hasPassword: null,
    }),
    parameters: { ...usedOnly, evidence: "serviceLastAccessed" },
    expect: [
      "unread",
      "iam:GetServiceLastAccessedDetails user/app: tells a call of dynamodb on 2026-01-03 (eu-west-1), not whether by the active key, by another or by the console",
      true,
    ],
  },
  "service last accessed details that could not be read": {
    facts: userWith([s3Key("W2QX")], { serviceUses: denied("iam:GenerateServiceLastAccessedDetails") }),
    parameters: serviceOnly,
    expect: ["unread", "iam:GenerateServiceLastAccessedDetails user/app: on user app was denied", true],
  },
  "the root user without an active key complies": {
    facts: root({ value: [key("", {}, { ...inactive, ending: null })] }),
    expect: ["COMPLIANT", "root user: no active access key"],
  },
  "the root user with an active key that was never used": {
    facts: root({ value: [key("", {}, { ending: null, lastUsed: null })] }),
    expect: [
      "NON_COMPLIANT",
      `root user: active access key, created 2025-09-01, ${report}; the root user must have none. Deactivate, then delete it as the root user`,
    ],
    reasons: ["rootKey"],
    commands: [],
  },
  "the root user with two active keys": {
    facts: root({
      value: [
        key("", { reported: used("s3", yesterday) }, { ending: null, lastUsed: null }),
        key("", {}, { ending: null, lastUsed: null }),
      ],
    }),
    expect: [
      "NON_COMPLIANT",
      `root user: active access key, created 2025-09-01, last used for s3 on 2026-01-03 (us-east-1), ${report}; the root user must have none (+1 more). Deactivate, then delete it as the root user`,
    ],
    reasons: ["rootKey", "rootKey"],
  },
  "the root user of whose keys nothing is known": {
    facts: root(denied("iam:GenerateCredentialReport")),
    expect: ["unread", "iam:GenerateCredentialReport root user: on user app was denied", true],
  },
});

describe("what a key can do", () => {
  it("is shown as a request that AWS would allow; what it did needs none", () => {
    const parameters = parseParameters(staticKeys.parameters, {}, "parameters");
    expect(staticKeys.evaluate(userWith([key("W2QX")]), parameters)).toMatchObject({
      witness: { action: "dynamodb:GetItem", resource: tableArn("Orders"), allowedBy: ["orders/#0"] },
    });
    const called = userWith([key("W2QX", { lastUsed: used("dynamodb", yesterday) }), key("BBBB")]);
    expect(staticKeys.evaluate(called, parameters)).toMatchObject({ witness: null });
  });

  it("rests on the boundary too", () => {
    const bounded = userWith([key("W2QX")]);
    const facts = { ...bounded, user: { ...bounded.user, boundary: mails[0] ?? null } };
    expect(staticKeys.evaluate(facts, parseParameters(staticKeys.parameters, {}, "parameters"))).toMatchObject({
      complianceType: "NOT_APPLICABLE",
    });
  });
});

describe("the mend", () => {
  const parameters = parseParameters(staticKeys.parameters, {}, "parameters");

  it("gives the caller a role before it takes the key, and deletes last", () => {
    const { steps } = staticKeys.mend(userWith([key("W2QX")]), parameters);
    expect(steps.map((step) => ("command" in step ? step.command[2] : "words"))).toEqual([
      "words",
      "words",
      "list-access-keys",
      "update-access-key",
      "words",
      "delete-access-key",
    ]);
    expect(steps[0]).toMatchObject({ words: expect.stringMatching(/role.*IAM Roles Anywhere.*IAM Identity Center/) });
  });

  it("takes of two keys the one that is at fault", () => {
    const facts = userWith([s3Key("AAAA", inactive), key("BBBB")]);
    expect(staticKeys.mend(facts, parameters)).toMatchObject({ after: { keys: [{ ending: "...AAAA" }] } });
  });

  it("promises nothing where there may be more to mend", () => {
    const keysUnread = denied("iam:ListAccessKeys").unread;
    expect(staticKeys.mend(userWith([key("W2QX")], { keysUnread }), parameters)).toMatchObject({
      choice: expect.stringContaining("iam:ListAccessKeys"),
    });
  });
});

describe("the evidence", () => {
  const faultsOf = (given: object): readonly string[] => {
    try {
      parseParameters(staticKeys.parameters, given, "ruleParameters");
      return [];
    } catch (error) {
      return (error as ParameterError).faults;
    }
  };

  it.each([
    [{ evidence: "serviceLastAccessed" }, []],
    [{ evidence: ["accessKeyLastUsed"] }, []],
    [{ evidence: " " }, []],
    [
      { evidence: [] },
      [
        "ruleParameters: evidence is empty, so that no use could be known; name credentialReport, accessKeyLastUsed, serviceLastAccessed",
      ],
    ],
    [
      { evidence: "cloudTrail" },
      [
        "ruleParameters.evidence is `cloudTrail` (there is no such evidence); use one or more of credentialReport, accessKeyLastUsed, serviceLastAccessed",
      ],
    ],
    [{ lookbackDays: "0" }, ["ruleParameters.lookbackDays is `0`; use a whole number from 1 to 400"]],
  ])("%j is accepted but for %j", (given, faults) => {
    expect(faultsOf(given)).toEqual(faults);
  });
});
