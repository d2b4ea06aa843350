/** What Lambda hands to a handler, and the environment that the SDK finds there. */
import { readFileSync } from "node:fs";
import type { Context } from "aws-lambda";
import { vi } from "vitest";
import { resultToken } from "./aws-config.ts";

export function lambdaContext(remaining: () => number = () => 60_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: "table-encryption",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:table-encryption",
    memoryLimitInMB: "512",
    awsRequestId: "2f1c0d7e-0000-4000-8000-000000000000",
    logGroupName: "group",
    logStreamName: "stream",
    getRemainingTimeInMillis: remaining,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** An event of the folder `events/`, with a token that the fake AWS Config takes, and whatever else shall differ. */
export function invokingEventOf(
  kind: "scheduled" | "change" | "deleted" | "oversized",
  changes: object = {},
): Record<string, unknown> {
  const path = new URL(`../../events/dynamodb-table-encryption.${kind}.json`, import.meta.url);
  return { ...(JSON.parse(readFileSync(path, "utf8")) as object), ruleParameters: "{}", resultToken, ...changes };
}

export function lambdaEnvironment(configUrl: string, variables: Readonly<Record<string, string>> = {}): void {
  const environment = {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_ENDPOINT_URL_CONFIG_SERVICE: configUrl,
    POWERTOOLS_LOG_LEVEL: "SILENT",
    POWERTOOLS_METRICS_DISABLED: "true",
    POWERTOOLS_METRICS_NAMESPACE: "DynamoDBCompliance",
    POWERTOOLS_SERVICE_NAME: "table-encryption",
    ...variables,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
}
