/** What decides whether a table is reached through its endpoints only. */
import type { Fact, Unread } from "../rule.ts";
import type { PrincipalFacts } from "./iam-facts.ts";
import type { VpcEndpoint } from "./network.ts";
import type { ResourcePolicy } from "./resource-policies.ts";
import type { Tags } from "./tags.ts";

/** What is the same for all tables of a run: one object for all of them. */
export interface Surroundings {
  readonly accountId: string;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Those of DynamoDB and of its streams. */
  readonly vpcEndpoints: Fact<readonly VpcEndpoint[]>;
  /** All roles and users that could be read. */
  readonly principals: readonly PrincipalFacts[];
  /** Why there may be others, or what of them is not known; null: nothing. */
  readonly principalsUnread: Unread | null;
  /** By table name, of tables that have any. */
  readonly tags: Fact<ReadonlyMap<string, Tags>>;
}

export interface VpceOnlyFacts {
  readonly tableName: string;
  readonly tableArn: string;
  readonly tableStatus: string;
  readonly indexNames: readonly string[];
  /** Null: it has none. */
  readonly resourcePolicy: Fact<ResourcePolicy | null>;
  /** Null: there is no stream, or it was not to be judged. */
  readonly stream: { readonly arn: string; readonly resourcePolicy: Fact<ResourcePolicy | null> } | null;
  readonly surroundings: Surroundings;
}
