/** What is known of a customer managed policy, or of a role, user or group with all policies that decide about it. */
import type { Fact, Unread } from "../rule.ts";

export const policyType = "AWS::IAM::Policy";
export const roleType = "AWS::IAM::Role";
export const userType = "AWS::IAM::User";
export const groupType = "AWS::IAM::Group";
export type PrincipalType = typeof roleType | typeof userType | typeof groupType;

/** A policy document, in whose place it stands: that decides who can change it, and how. */
export interface PolicyDocument {
  /** Empty for a bare document that no account holds yet. */
  readonly name: string;
  readonly kept: Kept;
  /** The group by which a user has it; null: it is the resource's own. */
  readonly group: { readonly name: string; readonly arn: string; readonly id: string } | null;
  /** The JSON text as AWS stores it, decoded. */
  readonly document: Fact<string>;
}

export type Kept =
  | { readonly in: "file" }
  /** Inline, in the user, role or group. */
  | { readonly in: "principal" }
  | { readonly in: "account"; readonly arn: string; readonly id: string; readonly versions: readonly PolicyVersion[] }
  | { readonly in: "aws"; readonly arn: string };

export interface PolicyVersion {
  readonly versionId: string;
  readonly isDefault: boolean;
  /** ISO 8601; null where AWS did not say. */
  readonly createDate: string | null;
}

interface Asked {
  /** Null where no account holds it yet. */
  readonly accountId: string | null;
  /** When it was read, in milliseconds since 1970: conditions may speak of the time. */
  readonly now: number;
}

export interface PolicyFacts extends Asked {
  readonly kind: "policy";
  /** `/` or `/service-role/`; empty for a bare document. */
  readonly path: string;
  readonly name: string;
  readonly arn: string | null;
  readonly policy: PolicyDocument;
  /** Users, groups and roles that hold it; null for a bare document. */
  readonly attachmentCount: number | null;
  /** Users and roles that it bounds; null for a bare document. */
  readonly permissionsBoundaryUsageCount: number | null;
}

export interface PrincipalFacts extends Asked {
  readonly kind: "principal";
  readonly type: PrincipalType;
  readonly path: string;
  readonly name: string;
  readonly arn: string;
  /** Inline, attached, and those of the user's groups, in that order. */
  readonly policies: readonly PolicyDocument[];
  /** What hinders the list of policies from being whole; null: nothing does. */
  readonly incomplete: Unread | null;
  readonly boundary: PolicyDocument | null;
}

export type IamFacts = PolicyFacts | PrincipalFacts;
