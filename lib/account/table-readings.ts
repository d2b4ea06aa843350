/** One reading a table: the part that every rule on tables shares. */
import { pMapIterable } from "p-map";
import type { Fact, Reading, Resource, Scope } from "../rule.ts";
import { type ExemptTag, exemptTag, exemptTagParameter } from "./exempt-tag.ts";
import { UnreadError } from "./fact.ts";
import { longestNotJudgedFirst } from "./order.ts";
import type { Session } from "./session.ts";
import { listTables } from "./tables.ts";
import { tablesTagged } from "./tags.ts";

export const tableType = "AWS::DynamoDB::Table";

export const exemptResourceTag = exemptTagParameter("Tables", "a table");

type Rest<F> = Reading<F> extends infer R ? (R extends unknown ? Omit<R, "resource"> : never) : never;

/** The tables in scope, those never or longest not judged first.
 * @param readFacts the rule's own reading of one table; `arn` where it came to know it
 * @throws UnreadError at the end, where the listing broke off or the exempt tables could not be told */
export async function* readTables<F>(
  session: Session,
  scope: Scope,
  exempt: string | null,
  readFacts: (tableName: string) => Promise<Rest<F> & { readonly arn?: string }>,
): AsyncGenerator<Reading<F>> {
  const tag = exempt === null ? null : exemptTag(exempt);
  const [{ tableNames, brokenOff }, exemptTables] = await Promise.all([
    tablesInScope(session, scope),
    readExemptTables(session, tag),
  ]);
  const isExempt = (tableName: string): boolean => "value" in exemptTables && exemptTables.value.has(tableName);

  yield* pMapIterable(
    tableNames,
    async (tableName): Promise<Reading<F>> => {
      const resource: Resource = { type: tableType, id: tableName, name: tableName, arn: null };
      if (tag !== null && isExempt(tableName)) return { resource, exempt: tag.because };
      const { arn, ...rest } = await readFacts(tableName);
      return { resource: { ...resource, arn: arn ?? null }, ...rest } as Reading<F>;
    },
    { concurrency: session.concurrency },
  );
  if (brokenOff !== null) throw new UnreadError(brokenOff);
  if ("unread" in exemptTables) throw new UnreadError(exemptTables.unread);
}

async function tablesInScope(session: Session, scope: Scope): ReturnType<typeof listTables> {
  if (scope.kind === "resources") {
    return {
      tableNames: scope.resources.filter(({ type }) => type === tableType).map(({ id }) => id),
      brokenOff: null,
    };
  }
  const { tableNames, brokenOff } = await listTables(session);
  const keyOf = (id: string) => ({ type: tableType, id }) as const;
  return { tableNames: longestNotJudgedFirst(tableNames, keyOf, scope.lastJudged), brokenOff };
}

async function readExemptTables(session: Session, tag: ExemptTag | null): Promise<Fact<ReadonlySet<string>>> {
  if (tag === null) return { value: new Set() };
  const tagged = await tablesTagged(session, tag.key);
  if ("unread" in tagged) return tagged;
  return { value: new Set([...tagged.value].filter(([, value]) => tag.matches(value)).map(([name]) => name)) };
}
