/** Which VPC endpoints are judged: those that lead to DynamoDB, carry traffic, and are the account's own. Pure. */
import type { VpcEndpointFacts } from "../account/endpoint-readings.ts";

export interface DynamodbService {
  readonly service: "dynamodb" | "dynamodb-streams";
  /** Where its tables are: an interface endpoint may lead to another region. */
  readonly region: string;
}

/** The service behind an endpoint, also by its FIPS name; null where it is none of DynamoDB's (DynamoDB developer guide,
 * AWS PrivateLink). */
export function dynamodbServiceOf(serviceName: string): DynamodbService | null {
  const [, region, name] = /\.([a-z0-9-]+)\.(dynamodb(?:-streams)?)(?:-fips)?$/.exec(serviceName) ?? [];
  if (region === undefined) return null;
  return { service: name === "dynamodb" ? "dynamodb" : "dynamodb-streams", region };
}

/** Without EC2's capitals: its API model writes them, its answers do not. */
const withoutTraffic = new Set([
  "pending",
  "pendingacceptance",
  "failed",
  "deleting",
  "deleted",
  "rejected",
  "expired",
]);

/** Why an endpoint is not judged; null where it is. */
export function whyNotJudged({ endpoint, accountId }: VpcEndpointFacts): string | null {
  const { serviceName, ownerId, state } = endpoint;
  if (dynamodbServiceOf(serviceName) === null) return `Leads to ${serviceName}, which is no service of DynamoDB's`;
  if (ownerId !== accountId) {
    return `Of account ${ownerId}: only an endpoint's owner can change its policy, so it is judged there`;
  }
  if (withoutTraffic.has(state.toLowerCase())) return `The endpoint is ${state}: no request comes through it`;
  return null;
}
