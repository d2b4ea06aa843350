/** A rule whose readings and verdicts a test dictates, so that the protocol is tested apart from any real rule. */
import { UnreadError } from "../../lib/account/fact.ts";
import type { Session } from "../../lib/account/session.ts";
import { defineRule } from "../../lib/define-rule.ts";
import { flag } from "../../lib/parameters.ts";
import type { Change, Fact, Reading, ResourceKey, Rule, Scope, Unread } from "../../lib/rule.ts";

/** What is so of a table: fine, wrong in some words, or not read. */
export type Told = "fine" | "gone" | { readonly wrong: string } | { readonly unread: Unread };

export interface DictatedRule extends Rule<Told, { readonly strict: boolean }> {
  readonly scopes: Scope[];
}

export const passing: Unread = {
  call: "dynamodb:DescribeTable",
  message: "was throttled past the retries",
  lasting: false,
};
export const lasting: Unread = { call: "dynamodb:DescribeTable", message: "was denied", lasting: true };

export function dictatedRule(
  tables: Readonly<Record<string, Told>>,
  options: {
    readonly brokenOff?: Unread;
    readonly whileReading?: (session: Session, tableName: string) => Promise<Fact<Told>>;
    readonly affected?: (change: Change) => readonly ResourceKey[] | "account";
  } = {},
): DictatedRule {
  const scopes: Scope[] = [];
  const rule = defineRule<Told, { readonly strict: boolean }>({
    name: "dynamodb-table-encryption",
    practice: "Encryption at rest",
    title: "A rule for tests",
    description: "A rule for tests.",
    links: ["https://docs.aws.amazon.com/"],
    reasons: { wrong: { severity: "HIGH", says: "wrong", why: "It is wrong." } },
    judges: ["AWS::DynamoDB::Table"],
    watches: ["AWS::DynamoDB::Table"],
    permissions: [{ action: "dynamodb:ListTables", resources: ["*"] }],
    parameters: { byName: { strict: flag({ description: "Whether.", default: false }) }, contradictions: () => [] },
    ...(options.affected === undefined ? {} : { affected: options.affected }),
    async *collect(session, scope) {
      scopes.push(scope);
      const names = scope.kind === "account" ? Object.keys(tables) : scope.resources.map(({ id }) => id);
      for (const name of names) {
        const resource = { type: "AWS::DynamoDB::Table", id: name, name, arn: null } as const;
        const read: Fact<Told> =
          options.whileReading === undefined
            ? { value: tables[name] ?? "gone" }
            : await options.whileReading(session, name);
        const told = "unread" in read ? read : read.value;
        const reading: Reading<Told> =
          told === "gone"
            ? { resource, gone: true }
            : typeof told === "object" && "unread" in told
              ? { resource, unread: told.unread }
              : { resource, facts: told };
        yield reading;
      }
      if (options.brokenOff !== undefined) throw new UnreadError(options.brokenOff);
    },
    evaluate: (facts) =>
      typeof facts === "object" && "wrong" in facts
        ? {
            complianceType: "NON_COMPLIANT",
            reasons: [{ code: "wrong", found: facts.wrong, wanted: "fine", source: null }],
            witness: null,
          }
        : { complianceType: "COMPLIANT", because: "fine" },
    mend: () => ({ summary: "Put it right", steps: [], mayBreak: "Nothing", after: "fine" }),
  });
  return { ...rule, scopes };
}
