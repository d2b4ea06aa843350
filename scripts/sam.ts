/**
 * The AWS SAM CLI on `template.yaml`: `sam validate --lint`, then `sam build`, which must leave the bundles of
 * `npm run build` as they are. Needs no credentials and, once its environment is made, no network.
 */
import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { functionNames } from "./bundle.ts";
import { functionId } from "./logical-id.ts";
import { pythonEnvironment } from "./python.ts";

const root = join(import.meta.dirname, "..");

const bin = await pythonEnvironment("sam");
const appFolder = await mkdtemp(join(tmpdir(), "sam-"));
try {
  // Otherwise it asks the package index weekly whether there is a newer one, and writes to the home folder.
  const settings = { telemetryEnabled: false, lastVersionCheck: Date.now() / 1000 };
  await writeFile(join(appFolder, "metadata.json"), JSON.stringify(settings));
  process.exitCode =
    (await sam("validate", "--lint", "--template-file", "template.yaml")) ||
    (await sam("build", "--template-file", "template.yaml")) ||
    (await checkBuilt());
} finally {
  await rm(appFolder, { recursive: true });
}

/** @returns its exit status; its output goes to ours */
function sam(...options: readonly string[]): Promise<number> {
  const environment = {
    PATH: `${bin}:${process.env["PATH"]}`,
    HOME: appFolder,
    LANG: "C.UTF-8",
    AWS_REGION: "us-east-1",
    AWS_EC2_METADATA_DISABLED: "true",
    SAM_CLI_TELEMETRY: "0",
    __SAM_CLI_APP_DIR: appFolder,
  };
  return new Promise((ended, failed) => {
    const child = spawn(join(bin, "sam"), options, {
      cwd: root,
      env: environment,
      stdio: ["ignore", "inherit", "inherit"],
    });
    child.once("error", failed);
    child.once("close", (code, signal) => {
      if (code !== 0) console.error(`sam ${options.join(" ")} failed with ${signal ?? `status ${code}`}`);
      ended(code ?? 1);
    });
  });
}

/** Whether the built template still points to the bundles: SAM must neither bundle nor install anything itself. */
async function checkBuilt(): Promise<number> {
  const folder = join(root, ".aws-sam", "build");
  const text = await readFile(join(folder, "template.yaml"), "utf8");
  const { Resources: resources } = parse(text, { logLevel: "silent" });
  const faults: string[] = [];
  for (const id of (await functionNames()).map(functionId)) {
    const wanted = join(root, "dist", id);
    const codeUri = resources[id]?.Properties?.CodeUri;
    if (typeof codeUri !== "string" || resolve(folder, codeUri) !== wanted)
      faults.push(`${id}: sam build made CodeUri \`${codeUri}\`; use Metadata SkipBuild and CodeUri dist/${id}`);
    else if (!(await exists(join(wanted, "index.js"))))
      faults.push(`${id}: dist/${id}/index.js is missing; run npm run build`);
  }
  for (const fault of faults) console.error(fault);
  return faults.length === 0 ? 0 : 1;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
