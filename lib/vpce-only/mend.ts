/** The Deny that closes every way but the endpoints, beside what the resource's policy says already. Pure. */
import type { VpceOnlyFacts } from "../account/vpce-only-facts.ts";
import { dataActions } from "../iam/actions.ts";
import type { Endpoints } from "../iam/party-keys.ts";
import { isStreamArn } from "../iam/resources.ts";
import type { Step } from "../rule.ts";
import type { Door } from "./table.ts";

/** DynamoDB takes so many bytes, white space counted (developer guide, resource-based policies). */
const mostBytes = 20 * 1024;

/** Items, and what copies them; not what describes the table, or keeps its policy: nobody is to be locked out of mending. */
const tableActions = [...dataActions, "dynamodb:ExportTableToPointInTime", "dynamodb:CreateBackup"];
const streamActions = ["dynamodb:GetRecords", "dynamodb:GetShardIterator"];

/** The statement: it denies whoever comes by another way, but for AWS services, which come by none.
 * @param exempt patterns of ARNs; the first, of service-linked roles, keeps replication going */
function denyOf(arn: string, endpoints: Endpoints, exempt: readonly string[], sid: string) {
  const { allowedIds, allowedVpcIds } = endpoints;
  return {
    Sid: sid,
    Effect: "Deny",
    Principal: "*",
    Action: isStreamArn(arn) ? streamActions : tableActions,
    Resource: isStreamArn(arn) ? arn : [arn, `${arn}/index/*`],
    Condition: {
      StringNotEquals: {
        ...(allowedIds.length === 0 ? {} : { "aws:SourceVpce": allowedIds }),
        ...(allowedVpcIds.length === 0 ? {} : { "aws:SourceVpc": allowedVpcIds }),
      },
      ArnNotLike: { "aws:PrincipalArn": exempt },
      BoolIfExists: { "aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false" },
    },
  };
}

const sid = "OnlyThroughEndpoints";

/** The policy with the Deny; null where it would be too long.
 * @param text the policy that is there; null: none */
export function closedPolicy(
  text: string | null,
  arn: string,
  endpoints: Endpoints,
  exempt: readonly string[],
): string | null {
  const {
    Version = "2012-10-17",
    Statement = [],
    ...rest
  } = (text === null ? {} : JSON.parse(text)) as {
    readonly Version?: string;
    readonly Statement?: unknown;
  };
  const statements = (Array.isArray(Statement) ? Statement : [Statement]) as readonly { readonly Sid?: string }[];
  const names = new Set(statements.map(({ Sid }) => Sid));
  const free = [sid, ...statements.map((_, at) => `${sid}${at + 2}`)].find((name) => !names.has(name)) ?? sid;
  const document = { Version, ...rest, Statement: [...statements, denyOf(arn, endpoints, exempt, free)] };
  const forms = [JSON.stringify(document, null, 2), JSON.stringify(document)];
  return forms.find((form) => Buffer.byteLength(form) <= mostBytes) ?? null;
}

/** A policy other than the one judged is not overwritten: DynamoDB refuses the command (API reference, PutResourcePolicy,
 * ExpectedRevisionId). */
export function putSteps({ tableName }: VpceOnlyFacts, door: Door, policy: string): readonly Step[] {
  const { arn, resourcePolicy } = door;
  const file = `${tableName}${isStreamArn(arn) ? "-stream" : ""}-policy.json`;
  const current = "value" in resourcePolicy ? resourcePolicy.value : null;
  const revision = current === null ? "NO_POLICY" : current.revisionId;
  const expected = revision === null ? [] : ["--expected-revision-id", revision];
  const region = ["--region", arn.split(":")[3] ?? ""];
  const put = ["--resource-arn", arn, "--policy", `file://${file}`, ...expected, ...region];
  return [{ file, content: `${policy}\n` }, { command: ["aws", "dynamodb", "put-resource-policy", ...put] }];
}

/** The facts with the door's policy in place. */
export function withPolicy(arn: string, policy: string) {
  const value = { value: { policy, revisionId: null } };
  return (facts: VpceOnlyFacts): VpceOnlyFacts =>
    facts.stream?.arn === arn
      ? { ...facts, stream: { arn, resourcePolicy: value } }
      : { ...facts, resourcePolicy: value };
}
