/** One reading a table: the part that every rule on tables shares. */
import { pMapIterable } from "p-map";
import { matchesWildcard } from "../iam/wildcard.ts";
import type { Parameter } from "../parameters.ts";
import { text } from "../parameters.ts";
import type { Fact, Reading, Resource, Scope } from "../rule.ts";
import { UnreadError } from "./fact.ts";
import type { Session } from "./session.ts";
import { listTables } from "./tables.ts";
import { tablesTagged } from "./tags.ts";

export const tableType = "AWS::DynamoDB::Table";

/** The rule parameter by which tables are set apart. None by default: whoever may tag a table could exempt it. */
export const exemptResourceTag: Parameter<string | null> = text({
  description:
    "Tables that carry this tag are not judged. `Key=value`, with the wildcards * and ? in the value. Whoever may tag a table can then exempt it.",
  accepts: "`Key=value`, where the value may hold the wildcards * and ?",
  check: (given) => (/^[^=]+=.+$/.test(given) ? null : "it has no `Key=value` form"),
});

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
  const [{ tableNames, brokenOff }, exemptTables] = await Promise.all([
    tablesInScope(session, scope),
    readExemptTables(session, exempt),
  ]);
  const isExempt = (tableName: string): boolean => "value" in exemptTables && exemptTables.value.has(tableName);

  yield* pMapIterable(
    tableNames,
    async (tableName): Promise<Reading<F>> => {
      const resource: Resource = { type: tableType, id: tableName, name: tableName, arn: null };
      if (isExempt(tableName)) return { resource, exempt: `tag ${exempt} (exemptResourceTag)` };
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
  const judgedAt = new Map(tableNames.map((id) => [id, scope.lastJudged({ type: tableType, id })]));
  return {
    tableNames: tableNames.toSorted((one, other) => (judgedAt.get(one) ?? 0) - (judgedAt.get(other) ?? 0)),
    brokenOff,
  };
}

async function readExemptTables(session: Session, exempt: string | null): Promise<Fact<ReadonlySet<string>>> {
  if (exempt === null) return { value: new Set() };
  const separator = exempt.indexOf("=");
  const pattern = exempt.slice(separator + 1);
  const tagged = await tablesTagged(session, exempt.slice(0, separator));
  if ("unread" in tagged) return tagged;
  return {
    value: new Set([...tagged.value].filter(([, value]) => matchesWildcard(pattern, value)).map(([name]) => name)),
  };
}
