/** What is known of a user's access keys, and of what they were last used for. */
import type { Fact, Unread } from "../rule.ts";
import type { PrincipalFacts } from "./iam-facts.ts";

export const accountType = "AWS::::Account";

export const evidences = ["credentialReport", "accessKeyLastUsed", "serviceLastAccessed"] as const;
export type Evidence = (typeof evidences)[number];

/** The latest use of a key, which is all that IAM keeps. */
export interface LastUse {
  readonly date: Date;
  /** The namespace, `dynamodb`; null where IAM does not tell it. */
  readonly service: string | null;
  readonly region: string | null;
}

export interface AccessKey {
  /** `...W2QX`; null where only the credential report tells of the key, which has no ids. */
  readonly ending: string | null;
  readonly isActive: boolean;
  readonly createDate: Date | null;
  /** As the credential report tells. A value of null: never used. Null: not asked, or the report, which has no ids, does
   * not tell of this key: it is older than the key, or two keys are of the same second. */
  readonly reported: Fact<LastUse | null> | null;
  /** As GetAccessKeyLastUsed tells; null: not asked, since it is not named as evidence or the report is proof enough. */
  readonly lastUsed: Fact<LastUse | null> | null;
}

/** The latest request of a user to a service, allowed or refused, by key or by console. */
export interface ServiceUse {
  /** The namespace, `dynamodb`. */
  readonly service: string;
  /** Null: none since IAM keeps track. */
  readonly lastAuthenticated: Date | null;
  readonly region: string | null;
}

export interface UserKeys {
  readonly kind: "user";
  readonly user: PrincipalFacts;
  readonly keys: readonly AccessKey[];
  /** Why there may be other keys; null: these are all. */
  readonly keysUnread: Unread | null;
  /** Null where it is not told. */
  readonly hasPassword: boolean | null;
  /** Of the services asked about those that IAM lists; null: not asked. */
  readonly serviceUses: Fact<readonly ServiceUse[]> | null;
  /** When the credential report was made; null: it was not read. */
  readonly reportedAt: Date | null;
}

export interface RootKeys {
  readonly kind: "root";
  readonly accountId: string;
  /** When it was read, in milliseconds since 1970. */
  readonly now: number;
  /** The root user's, active or not. */
  readonly keys: Fact<readonly AccessKey[]>;
  readonly reportedAt: Date | null;
}

export type StaticKeys = UserKeys | RootKeys;
