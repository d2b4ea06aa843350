import { configRule } from "../lib/handler.ts";
import { policyConditions } from "../lib/rules/dynamodb-policy-conditions.ts";

export const handler = configRule(policyConditions);
