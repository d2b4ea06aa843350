/**
 * Makes `events/sample-account.json`, the account that `npm start` shows: seeded in the emulator, recorded by the
 * product itself. Its parameters ask for all that the rules can read, so that a replay with any others finds its calls.
 */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "./emulator/emulator.ts";
import { seedSampleAccount } from "./emulator/sample-account.ts";

const root = join(import.meta.dirname, "..");
const recording = join(root, "events", "sample-account.json");

const parameters = {
  "dynamodb-table-encryption": { requireKeyRotation: true, exemptResourceTag: "Exempt=*" },
  "dynamodb-backup-encryption": { maxBackupsPerTable: 10_000, exemptResourceTag: "Exempt=*" },
  "dynamodb-resource-policy": { exemptResourceTag: "Exempt=*" },
  "dynamodb-vpc-endpoint": { exemptResourceTag: "Exempt=*" },
  "dynamodb-endpoint-policy": { exemptResourceTag: "Exempt=*" },
  "dynamodb-client-side-encryption": { exemptResourceTag: "Exempt=*" },
};

const folder = await mkdtemp(join(tmpdir(), "sample-"));
const emulator = await startEmulator({ deletingSeconds: 60 });
try {
  await seedSampleAccount(emulator.url);
  const parametersFile = join(folder, "parameters.json");
  await writeFile(parametersFile, JSON.stringify(parameters));
  const options = ["scan", "--region", "us-east-1", "--parameters", parametersFile, "--record", recording];
  const environment = {
    AWS_ENDPOINT_URL: emulator.url,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
  };
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, "cli", "main.ts"), ...options], {
    env: { PATH: process.env["PATH"], ...environment },
  });
  console.log(stdout);
} finally {
  await emulator.stop();
  await rm(folder, { recursive: true });
}
