/** Whether an endpoint's policy is full access, as a new endpoint has it, however it is written. Pure. */
import { actions } from "../iam/actions.ts";
import type { EndpointAsked } from "../iam/endpoint-request.ts";
import { isAllowed } from "../iam/evaluate.ts";
import { generous } from "../iam/generous.ts";
import type { Request } from "../iam/request.ts";

/** An account that nobody has, and so nobody names. */
const stranger = "000000000000";

/** Anybody may do with anybody's items what there is to do, and the document has no Deny and no condition that would say
 * otherwise: one that has lets a reader believe that it restrains. */
export function letsEverybodyThrough({ policy, endpoint }: EndpointAsked): boolean {
  const { partition, region, service } = endpoint;
  const { statements } = policy.policy;
  if (statements.some(({ effect, conditions }) => effect === "Deny" || conditions.length > 0)) return false;
  const table = `arn:${partition}:dynamodb:${region}:${stranger}:table/any-table`;
  const request = (action: string): Request => ({
    principal: `arn:${partition}:iam::${stranger}:role/any-role`,
    action,
    resource: service === "dynamodb" ? table : `${table}/stream/2026-01-01T00:00:00.000`,
    context: new Map(),
  });
  return actions
    .filter(({ plane }) => plane === (service === "dynamodb" ? "data" : "stream"))
    .map(({ name }) => request(name))
    .every((asked) => isAllowed(asked, generous({ endpoint: policy }, asked)).allowed);
}
