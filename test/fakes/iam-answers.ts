/** What IAM tells of an account, as the SDK hands it on, and all that is read of it. */
import type {
  GetAccountAuthorizationDetailsCommandOutput,
  GroupDetail,
  ManagedPolicyDetail,
  RoleDetail,
  UserDetail,
} from "@aws-sdk/client-iam";
import { UnreadError } from "../../lib/account/fact.ts";
import type { IamFacts } from "../../lib/account/iam-facts.ts";
import { readIam } from "../../lib/account/iam-readings.ts";
import type { Reading } from "../../lib/rule.ts";
import { wholeAccount } from "../outcomes.ts";
import { accountId, sessionOf } from "./account.ts";

export const created = new Date("2025-01-01T00:00:00.000Z");

/** A document that tells which one it is. */
export const documentOf = (name: string): string =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Sid: name, Effect: "Allow", Action: "*", Resource: "*" }] });
/** The same as IAM hands it out. */
export const encoded = (name: string): string => encodeURIComponent(documentOf(name));

export const policyArn = (name: string): string => `arn:aws:iam::${accountId}:policy/${name}`;
export const awsPolicyArn = (name: string): string => `arn:aws:iam::aws:policy/${name}`;
export const attached = (...arns: string[]) =>
  arns.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split("/").at(-1) }));
export const inline = (...names: string[]) =>
  names.map((name) => ({ PolicyName: name, PolicyDocument: encoded(name) }));

export const policy = (name: string, more: ManagedPolicyDetail = {}): ManagedPolicyDetail => ({
  PolicyName: name,
  PolicyId: `ANPA${name}`,
  Arn: policyArn(name),
  Path: "/",
  AttachmentCount: 1,
  PermissionsBoundaryUsageCount: 0,
  PolicyVersionList: [{ VersionId: "v1", IsDefaultVersion: true, CreateDate: created, Document: encoded(name) }],
  ...more,
});

export const role = (name: string, more: RoleDetail = {}): RoleDetail => ({
  RoleName: name,
  RoleId: `AROA${name}`,
  Arn: `arn:aws:iam::${accountId}:role/${name}`,
  Path: "/",
  AssumeRolePolicyDocument: encoded("trust"),
  RolePolicyList: [],
  AttachedManagedPolicies: [],
  ...more,
});

/** Without inline policies, of which IAM then tells no list. */
export const user = (name: string, more: UserDetail = {}): UserDetail => ({
  UserName: name,
  UserId: `AIDA${name}`,
  Arn: `arn:aws:iam::${accountId}:user/${name}`,
  Path: "/",
  GroupList: [],
  AttachedManagedPolicies: [],
  ...more,
});

export const group = (name: string, more: GroupDetail = {}): GroupDetail => ({
  GroupName: name,
  GroupId: `AGPA${name}`,
  Arn: `arn:aws:iam::${accountId}:group/${name}`,
  Path: "/",
  GroupPolicyList: [],
  AttachedManagedPolicies: [],
  ...more,
});

type Page = Partial<GetAccountAuthorizationDetailsCommandOutput>;

export const page = (lists: Page = {}): Page => ({
  UserDetailList: [],
  GroupDetailList: [],
  RoleDetailList: [],
  Policies: [],
  IsTruncated: false,
  ...lists,
});

export interface IamReadings {
  readonly readings: readonly Reading<IamFacts>[];
  /** Why the reading broke off; null: it did not. */
  readonly brokenOff: object | null;
}

export async function readingsOf(scope = wholeAccount, exempt: readonly string[] | null = null): Promise<IamReadings> {
  const readings: Reading<IamFacts>[] = [];
  try {
    for await (const reading of readIam(sessionOf(), scope, { exempt })) readings.push(reading);
    return { readings, brokenOff: null };
  } catch (error) {
    if (!(error instanceof UnreadError)) throw error;
    return { readings, brokenOff: error.unread };
  }
}
