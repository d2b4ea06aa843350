/** How long Node takes to load a bundle, and to load nothing but the SDK clients that are in it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { bundleFunction, bundleOptions } from "../scripts/bundle.ts";
import { functionId } from "../scripts/logical-id.ts";
import { median } from "./ratio.ts";

const spawns = 21;

/** Medians in milliseconds of `require` alone, the two taken in turns. */
export async function loadTimes(rule: string): Promise<{ bundle: number; bare: number }> {
  const folder = await mkdtemp(join(tmpdir(), "bench-"));
  try {
    await bundleFunction(rule, folder);
    const metafile = JSON.parse(await readFile(join(folder, `${functionId(rule)}.meta.json`), "utf8")) as {
      inputs: object;
    };
    const barePath = join(folder, "bare.cjs");
    await build({
      ...bundleOptions,
      stdin: { contents: bareSource(metafile), resolveDir: import.meta.dirname },
      format: "cjs",
      outfile: barePath,
    });
    const bundlePath = join(folder, functionId(rule), "index.js");
    const bundle: number[] = [];
    const bare: number[] = [];
    for (let spawn = 0; spawn < spawns; spawn++) {
      bare.push(await loadTime(barePath));
      bundle.push(await loadTime(bundlePath));
    }
    return { bundle: median(bundle), bare: median(bare) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

// The commands that the bundle uses, so that both hold the same part of each client.
function bareSource({ inputs }: { inputs: object }): string {
  const commands: Readonly<Record<string, readonly string[]>> = {
    "client-backup": ["BackupClient", "paginateListBackupVaults", "paginateListRecoveryPointsByBackupVault"],
    "client-config-service": [
      "ConfigServiceClient",
      "PutEvaluationsCommand",
      "GetComplianceDetailsByConfigRuleCommand",
    ],
    "client-dynamodb": ["DynamoDBClient", "DescribeTableCommand", "paginateListTables"],
    "client-ec2": [
      "EC2Client",
      "paginateDescribeVpcs",
      "paginateDescribeSubnets",
      "paginateDescribeRouteTables",
      "paginateDescribeVpcEndpoints",
      "paginateDescribeNetworkInterfaces",
    ],
    "client-iam": [
      "IAMClient",
      "paginateGetAccountAuthorizationDetails",
      "GetPolicyCommand",
      "GetPolicyVersionCommand",
    ],
    "client-kms": ["KMSClient", "DescribeKeyCommand", "GetKeyRotationStatusCommand"],
    "client-resource-groups-tagging-api": ["ResourceGroupsTaggingAPIClient", "paginateGetResources"],
  };
  const bundled = Object.entries(commands).filter(([client]) =>
    Object.keys(inputs).some((path) => path.includes(`@aws-sdk/${client}/`)),
  );
  const imports = bundled.map(([client, names]) => `import { ${names.join(", ")} } from "@aws-sdk/${client}";`);
  return `${imports.join("\n")}\nexport default [${bundled.flatMap(([, names]) => names).join(", ")}];\n`;
}

async function loadTime(path: string): Promise<number> {
  const script = `const start = performance.now(); require(${JSON.stringify(path)}); console.log(performance.now() - start);`;
  const env = { AWS_REGION: "us-east-1", POWERTOOLS_SERVICE_NAME: "bench", POWERTOOLS_METRICS_NAMESPACE: "Bench" };
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", script], { env });
  return Number(stdout);
}
