/** Small recorded accounts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, RecordedCall } from "../../lib/account/answers.ts";
import { printRecording } from "../../lib/account/recording.ts";
import { newFolder } from "./child.ts";

const region = "us-east-1";
const keyArn = "arn:aws:kms:us-east-1:123456789012:key/1a2b";

/** What became of a table's key; `none`: it is under an AWS owned key, a violation by default. */
export type KeyOf = "usable" | "denied" | "none";

export function recordingOf(tables: Readonly<Record<string, KeyOf>>): string {
  const call = (name: string, input: object, answer: Answer): RecordedCall => ({
    call: name,
    region,
    input,
    answers: [answer],
  });
  return printRecording({
    toolVersion: "0.1.0",
    accountId: "123456789012",
    region,
    recordedAt: new Date("2026-01-01T00:00:00.000Z"),
    calls: [
      call("dynamodb:ListTables", { Limit: 100 }, { output: { TableNames: Object.keys(tables) } }),
      ...Object.entries(tables).map(([name, key]) =>
        call("dynamodb:DescribeTable", { TableName: name }, { output: { Table: tableOf(name, key) } }),
      ),
      call(
        "kms:DescribeKey",
        { KeyId: `${keyArn}-usable` },
        { output: { KeyMetadata: { KeyManager: "AWS", KeyState: "Enabled" } } },
      ),
      call(
        "kms:DescribeKey",
        { KeyId: `${keyArn}-denied` },
        { error: { name: "AccessDeniedException", message: "no", status: 400, code: null } },
      ),
    ],
  });
}

function tableOf(name: string, key: KeyOf): object {
  return {
    TableArn: `arn:aws:dynamodb:${region}:123456789012:table/${name}`,
    TableStatus: "ACTIVE",
    ...(key === "none"
      ? {}
      : { SSEDescription: { Status: "ENABLED", SSEType: "KMS", KMSMasterKeyArn: `${keyArn}-${key}` } }),
  };
}

/** The path of a new file. */
export function fileOf(text: string, name = "file.json"): string {
  const path = join(newFolder(), name);
  writeFileSync(path, text);
  return path;
}
