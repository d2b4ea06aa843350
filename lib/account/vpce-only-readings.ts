/** One reading a table: with the account's endpoints, principals and tags, each read once for all tables. */
import type { Reading, Scope, Unread } from "../rule.ts";
import { UnreadError } from "./fact.ts";
import { type PrincipalFacts, roleType, userType } from "./iam-facts.ts";
import { readIam } from "./iam-readings.ts";
import { listVpcEndpoints } from "./network.ts";
import { policyReader } from "./resource-policies.ts";
import type { Session } from "./session.ts";
import { readTables } from "./table-readings.ts";
import { tableAnswer } from "./tables.ts";
import { tagsOfTables } from "./tags.ts";
import type { Surroundings, VpceOnlyFacts } from "./vpce-only-facts.ts";

export interface VpceOnlyQuestions {
  /** `exemptResourceTag`; null: none. */
  readonly exempt: string | null;
  readonly streams: boolean;
  /** The services whose endpoints may be the tables' own. */
  readonly services: readonly string[];
}

/** The tables in scope, those never or longest not judged first.
 * @throws UnreadError at the end, where the listing of the tables broke off */
export async function* readVpceOnly(
  session: Session,
  scope: Scope,
  { exempt, streams, services }: VpceOnlyQuestions,
): AsyncGenerator<Reading<VpceOnlyFacts>> {
  const surroundings = await readSurroundings(session, services);
  const readPolicy = policyReader(session);
  yield* readTables<VpceOnlyFacts>(session, scope, exempt, async (tableName) => {
    const answer = await tableAnswer(session, tableName, session.region);
    if ("unread" in answer) return answer;
    if (answer.value === null) return { gone: true };
    const { TableArn: tableArn, TableStatus, LatestStreamArn, StreamSpecification, ...indexes } = answer.value;
    const named = [...(indexes.GlobalSecondaryIndexes ?? []), ...(indexes.LocalSecondaryIndexes ?? [])];
    const isStreaming = StreamSpecification?.StreamEnabled === true;
    const stream =
      streams && LatestStreamArn !== undefined
        ? {
            arn: LatestStreamArn,
            resourcePolicy: await readPolicy(LatestStreamArn, `the stream of table ${tableName}`, isStreaming),
          }
        : null;
    const facts: VpceOnlyFacts = {
      tableName,
      tableArn,
      tableStatus: TableStatus,
      indexNames: named.flatMap(({ IndexName }) => IndexName ?? []),
      resourcePolicy: await readPolicy(tableArn, `table ${tableName}`, true),
      stream,
      surroundings,
    };
    return { arn: tableArn, facts };
  });
}

async function readSurroundings(session: Session, services: readonly string[]): Promise<Surroundings> {
  const { region, accountId } = session;
  const [vpcEndpoints, { principals, unread }, tags] = await Promise.all([
    listVpcEndpoints(session, null, services),
    readPrincipals(session),
    tagsOfTables(session),
  ]);
  return {
    accountId,
    region,
    now: session.now.getTime(),
    vpcEndpoints,
    principals,
    principalsUnread: unread,
    tags,
  };
}

/** All roles and users: what hinders one of them from being read is what is not known of all. */
async function readPrincipals(
  session: Session,
): Promise<{ readonly principals: readonly PrincipalFacts[]; readonly unread: Unread | null }> {
  const principals: PrincipalFacts[] = [];
  let unread: Unread | null = null;
  try {
    for await (const reading of readIam(session, { kind: "account", lastJudged: () => 0 }, { exempt: null })) {
      const isPrincipal = reading.resource.type === roleType || reading.resource.type === userType;
      if ("unread" in reading && isPrincipal) unread ??= reading.unread;
      if ("facts" in reading && reading.facts.kind === "principal" && isPrincipal) principals.push(reading.facts);
    }
  } catch (error) {
    if (!(error instanceof UnreadError)) throw error;
    unread = error.unread;
  }
  return { principals, unread };
}
