/** Resource-based policies of table Orders and its stream, as a reader tells them. */
import type { AttachedDocument, ResourcePolicyFacts } from "../../lib/account/resource-policies.ts";

export const ownAccount = "123456789012";
export const otherAccount = "999999999999";
export const partnerAccount = "444455556666";
export const orders = `arn:aws:dynamodb:us-east-1:${ownAccount}:table/Orders`;
export const ordersStream = `${orders}/stream/2026-01-01T00:00:00.000`;

export type Written = Readonly<Record<string, unknown>>;

/** A statement that allows GetItem on the table, unless told otherwise. */
export function allow(principal: unknown, more: Written = {}): Written {
  return { Effect: "Allow", Principal: principal, Action: "dynamodb:GetItem", Resource: orders, ...more };
}

export function documentOf(statements: readonly Written[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The table's statements, and its stream's; null: it has no policy; left out: it has no stream. */
export function factsOf(ofTable: readonly Written[] | null, ofStream?: readonly Written[] | null): ResourcePolicyFacts {
  const attached = (resourceArn: string, statements: readonly Written[] | null): AttachedDocument => ({
    resourceArn,
    document: { value: statements === null ? null : { policy: documentOf(statements), revisionId: "17" } },
  });
  return {
    tableName: "Orders",
    tableStatus: "ACTIVE",
    now: Date.parse("2026-01-04T14:02:00Z"),
    documents: [attached(orders, ofTable), ...(ofStream === undefined ? [] : [attached(ordersStream, ofStream)])],
  };
}

/** The text of the policy of the table, or of its stream; null where there is none. */
export function textIn(facts: ResourcePolicyFacts, arn = orders): string | null {
  const document = facts.documents.find(({ resourceArn }) => resourceArn === arn)?.document;
  return document !== undefined && "value" in document ? (document.value?.policy ?? null) : null;
}
