import { configRule } from "../lib/handler.ts";
import { vpcEndpoint } from "../lib/rules/dynamodb-vpc-endpoint.ts";

export const handler = configRule(vpcEndpoint);
