import { afterAll, expect, test } from "vitest";
import { serveAws } from "./aws-server.ts";
import { fakeCredentials, removeFolders, run } from "./child.ts";

afterAll(removeFolders);

interface Row {
  readonly check: string;
  readonly status: string;
  readonly found: string;
  readonly hinders: string | null;
}

function rows(stdout: string): Readonly<Record<string, Row>> {
  return Object.fromEntries((JSON.parse(stdout).checks as Row[]).map((row) => [row.check, row]));
}

test("without credentials it says so, and what to do", async () => {
  const { status, stdout, stderr } = await run(["doctor", "--region", "eu-west-1"]);

  expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
  expect(stdout).toContain("PROBLEM    credentials  no AWS credentials found; set AWS_PROFILE");
  expect(stdout).toContain("OK         region       eu-west-1");
});

test("without a region it says so", async () => {
  const { status, stdout } = await run(["doctor", "--format", "json"], fakeCredentials);

  expect(status).toBe(3);
  expect(rows(stdout)).toMatchObject({
    credentials: { status: "NOT_KNOWN" },
    region: { status: "PROBLEM", found: "no AWS region found" },
  });
});

test("it tells what AWS refuses from what answers, and never a secret", async () => {
  const { env } = await serveAws({ Legacy: "denied" });

  const { status, stdout, stderr } = await run(["doctor", "--format", "json"], env);

  expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
  expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, accountId: "111122223333", region: "eu-west-1" });
  expect(rows(stdout)).toMatchObject({
    credentials: { status: "OK", found: "of arn:aws:iam::111122223333:user/u" },
    "dynamodb:ListTables": { status: "OK" },
    "dynamodb:DescribeTable": { status: "PROBLEM", hinders: "scan" },
    "dynamodb:GetResourcePolicy": { found: "not asked: no table is known without dynamodb:DescribeTable" },
    "dynamodb:ListBackups": { status: "NOT_KNOWN", hinders: "scan" },
    "dynamodb:Scan": { status: "NOT_KNOWN", found: "not asked: it reads items", hinders: null },
    recorder: { status: "NOT_KNOWN", hinders: null },
    "rules on IAM": { status: "OK" },
  });
  expect(stdout).not.toContain(env["AWS_SECRET_ACCESS_KEY"]);
});

test("a service out of reach is told by its calls alone", async () => {
  const { env } = await serveAws({ Orders: "none" });
  const nowhere = { AWS_ENDPOINT_URL_BACKUP: "http://127.0.0.1:9" };

  const { status, stdout } = await run(["doctor", "--format", "json"], { ...env, ...nowhere });

  expect(status).toBe(3);
  expect(rows(stdout)).toMatchObject({
    "backup:ListBackupVaults": { status: "PROBLEM", found: "on the region could not be reached (ECONNREFUSED)" },
    "dynamodb:DescribeTable": { status: "OK", found: "answered on table Orders" },
  });
}, 30_000);
