import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { serveAws } from "./aws-server.ts";
import { end, newFolder, removeFolders, run, start } from "./child.ts";

afterAll(removeFolders);

const scan = ["scan", "--rules", "dynamodb-table-encryption", "--format", "json"];

test("what was recorded of a live account replays to the same report, with what was not read", async () => {
  const { env } = await serveAws({ Sessions: "none", Legacy: "denied" });
  const recording = join(newFolder(), "recording.json");

  const live = await run([...scan, "--record", recording], env);

  expect(live).toMatchObject({ status: 3, stderr: `recording written to ${recording}\n` });
  const { accountId, region, evaluations, errors } = JSON.parse(live.stdout);
  expect({ accountId, region }).toEqual({ accountId: "111122223333", region: "eu-west-1" });
  expect(evaluations).toMatchObject([{ resourceId: "Sessions", complianceType: "NON_COMPLIANT" }]);
  expect(errors).toMatchObject([{ resourceId: "Legacy", call: "dynamodb:DescribeTable", lasting: true }]);
  expect(readFileSync(recording, "utf8")).not.toContain(env["AWS_SECRET_ACCESS_KEY"]);
  expect(await run([...scan, "--replay", recording])).toEqual({ status: 3, stdout: live.stdout, stderr: "" });
});

test("an interrupted scan reports what it read, tells what it did not, and ends as by the signal", async () => {
  const { env, silent } = await serveAws({ Sessions: "none", Orders: "silence" });
  const child = start(scan, env);
  const ended = end(child);

  await silent;
  child.kill("SIGINT");
  const { status, stdout, stderr } = await ended;

  expect({ status, stderr }).toEqual({
    status: 130,
    stderr: "interrupted: reading stops here, and what was not read counts as unread\n",
  });
  const { errors } = JSON.parse(stdout);
  expect(errors).toMatchObject([{ resourceId: "Orders", call: "dynamodb:DescribeTable", lasting: false }]);
});
