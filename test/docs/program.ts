/** The command line as a reader of the documents runs it, in a folder of his own. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { type Ended, end, newFolder } from "../cli/child.ts";
import { root } from "./markdown.ts";

export function runProgramIn(folder: string, words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, "cli/main.ts"), ...words], {
    cwd: folder,
    env: { PATH: process.env["PATH"], HOME: newFolder(), AWS_EC2_METADATA_DISABLED: "true" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return end(child);
}

/** The policy of which docs/command-line.md shows what is said. */
export const tenantItemsScan = {
  Version: "2012-10-17",
  Statement: {
    Sid: "TenantItems",
    Effect: "Allow",
    Action: ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"],
    Resource: "arn:aws:dynamodb:us-east-1:123456789012:table/Orders",
    Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "${aws:PrincipalTag/tenant}" } },
  },
};
