import { configRule } from "../lib/handler.ts";
import { endpointPolicy } from "../lib/rules/dynamodb-endpoint-policy.ts";

export const handler = configRule(endpointPolicy);
